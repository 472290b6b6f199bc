"""One endpoint for all of AWS: hands requests to an emulator, or to what stands in for it (`standins.py`)."""

import http.client
import http.server
import sys
import threading
import traceback

import boto3
import botocore.config

import rights
import wire

# Headers of one connection, which mean nothing on the next.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}

# The secret of every access key; the key itself is the account's id, as ministack takes it.
SECRET = "test"


class Emulator:
    """An emulator that listens on a port of this machine."""

    def __init__(self, name, port, account, region):
        self.name, self.port, self.account, self.region = name, port, account, region
        self.clients = {}

    def send(self, request):
        """The answer: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(request.method, request.path, request.body, dict(request.headers.items()))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def client(self, service):
        """A client of our own, beside what is tested."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                region_name=self.region,
                endpoint_url=f"http://127.0.0.1:{self.port}",
                aws_access_key_id=self.account,
                aws_secret_access_key=SECRET,
                config=botocore.config.Config(retries={"max_attempts": 0}),
            )
        return self.clients[service]


class Passed(Exception):
    """The emulator's own refusal, on its way to whoever asked."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer


class Call:
    """A request that something stands in for."""

    def __init__(self, request, gateway):
        self.request, self.gateway = request, gateway
        self.parameters = request.parameters()

    def ask(self, emulator=None):
        """What an emulator answers, by default the one that is tested."""
        answer = (emulator or self.gateway.emulator).send(self.request)
        if answer[0] >= 300:
            raise Passed(answer)
        headers = {key.lower(): value for key, value in answer[1].items()}
        return wire.understood(self.request.service, self.request.operation, answer[0], headers, answer[2])


class Gateway(http.server.ThreadingHTTPServer):
    """The endpoint for one emulator: what is not among its stand-ins goes to it."""

    daemon_threads = True

    def __init__(self, emulator, standins):
        super().__init__(("127.0.0.1", 0), Handler)
        self.emulator, self.standins = emulator, standins
        self.rights = {}
        """By access key: what is enforced here."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, request):
        standin = self.standins.get((request.service, request.operation))
        standin = standin or self.standins.get((request.service, None))
        try:
            user = self.rights.get(rights.key_of(request))
            if user:
                user.check(request, self.emulator)
            if standin is None:
                return self.emulator.send(request), self.emulator.name
            answer = standin(Call(request, self))
        except Passed as passed:
            return passed.answer, "emulator's refusal"
        except wire.Refused as refused:
            answer = refused
        except Exception as error:
            # Not one of AWS's codes, so nobody tries again.
            traceback.print_exc()
            answer = wire.Refused("StandInBroke", repr(error))
        return wire.written(request.service, request.operation, answer), "stand-in"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers at once: with Nagle's algorithm each would wait for the other side.
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = wire.Request(self.command, self.path, self.headers, body)
        (status, headers, body), by = self.server.answer(request)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP | {"server", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        said = body[:300].decode(errors="replace").replace("\n", " ") if status >= 300 else ""
        print(status, request.service, request.operation or self.path, by, said, file=sys.stderr)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_request

    def log_message(self, *_):
        """What matters is written by `handle_request`."""
