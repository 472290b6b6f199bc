"""Starts an emulator with its endpoint, and keeps both until its standard input ends.

`python tests/emulators EMULATOR SANDBOX FILE REGION [POLICY...]`: EMULATOR is moto or ministack, SANDBOX the program
that answers calls from a sandbox account in FILE (`account.rs` of the tests). When all is up it writes the endpoint's
URL, the ids that objects of FILE have in the emulator (a map), and a line with an access key and its secret for each
POLICY, a file: a user who may do what it says and nothing else.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import gateway
import given
import kubernetes
import rights
import standins
import wire


class Facts:
    """The sandbox account, which answers a line for a line."""

    def __init__(self, command, region):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.region, self.lock = region, threading.Lock()

    def account(self):
        """The account's id."""
        return self.ask("sts", "GetCallerIdentity", {})["Account"]

    def ask(self, service, operation, parameters):
        line = {"region": self.region, "service": service, "operation": operation, "parameters": parameters}
        with self.lock:
            print(json.dumps(line), file=self.process.stdin, flush=True)
            answer = json.loads(self.process.stdout.readline())
        if "code" in answer:
            raise wire.Refused(answer["code"], answer["message"])
        return answer["answer"]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start(command, port, settings):
    process = subprocess.Popen(
        command, env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr
    )
    while True:
        if process.poll() is not None:
            sys.exit(f"{command[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process
        time.sleep(0.1)


def start_moto(account, _):
    port = free_port()
    settings = {"MOTO_ACCOUNT_ID": account, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    program = pathlib.Path(sys.executable).with_name("moto_server")
    return start([program, "-H", "127.0.0.1", "-p", str(port)], port, settings), port


def start_ministack(account, enforces):
    """Bound to this machine only: by default it listens to the world, on three ports."""
    port = free_port()
    settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"}
    settings |= {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "SFTP_HOST": "127.0.0.1"}
    settings["AUTH"] = str(enforces).lower()
    return start([pathlib.Path(sys.executable).with_name("ministack")], port, settings), port


def user(emulator, number, policy):
    """An access key and its secret for a new user with this policy."""
    iam, name = emulator.client("iam"), f"user-{number}"
    iam.create_user(UserName=name)
    made = iam.create_policy(PolicyName=name, PolicyDocument=policy)["Policy"]
    iam.attach_user_policy(UserName=name, PolicyArn=made["Arn"])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def main():
    name, sandbox, file, region, *policies = sys.argv[1:]
    processes = []
    # Whoever started us may end us by a signal as well as by the end of our input.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        try:
            facts = Facts([sandbox, file], region)
            processes.append(facts.process)
            account = facts.account()
            emulators = {}
            # moto borrows ministack's EKS.
            for one, start in (("ministack", start_ministack), ("moto", start_moto)):
                if one in (name, "ministack"):
                    process, port = start(account, bool(policies))
                    processes.append(process)
                    emulators[one] = gateway.Emulator(one, port, account, region)
            endpoint = gateway.Gateway(emulators[name], standins.of(name))
            endpoint.facts, endpoint.eks, endpoint.store = facts, emulators["ministack"], kubernetes.Store
            endpoint.clusters, endpoint.addresses, endpoint.templates, endpoint.keys = {}, {}, {}, {}
            endpoint.host_names = {}
            endpoint.nodegroups = {}
            users = {}
            for number, policy in enumerate(policies):
                enforced = rights.Rights(pathlib.Path(policy).read_text())
                key, users[key] = user(emulators[name], number, enforced.left)
                endpoint.rights[key] = enforced
            endpoint.api = kubernetes.ApiServer(
                folder,
                lambda key: users.get(key, gateway.SECRET),
                lambda cluster: instances(emulators[name], cluster),
            )
            # By way of the endpoint, where stand-ins remember what an emulator forgets.
            ids = given.make(facts, gateway.Emulator(name, endpoint.server_port, account, region))
            url = f"http://127.0.0.1:{endpoint.server_port}"
            print(url, json.dumps(ids), *map(" ".join, users.items()), sep="\n", flush=True)
            sys.stdin.read()
        finally:
            for process in processes:
                process.kill()


def instances(emulator, cluster):
    """The instances of a cluster's Auto Scaling groups that are in service, with their zones."""
    groups = emulator.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    for group in groups:
        if {"kubernetes.io/cluster/" + cluster} & {tag["Key"] for tag in group["Tags"]}:
            for instance in group["Instances"]:
                if instance["LifecycleState"] == "InService":
                    yield instance["InstanceId"], instance["AvailabilityZone"]


if __name__ == "__main__":
    main()
