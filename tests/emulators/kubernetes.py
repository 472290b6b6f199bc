"""A cluster's API server, as far as `lb` and kubectl need it: discovery, objects with resource versions, server-side
apply with owners of fields, and the nodes of Auto Scaling groups that are up.

It does not model: watch, admission, schemas, controllers, RBAC, strategic merge patches.
"""

import base64
import copy
import datetime
import hashlib
import hmac
import http.server
import ipaddress
import json
import pathlib
import ssl
import sys
import threading
import urllib.parse
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Plural, group version, kind, and whether objects are in a namespace.
RESOURCES = [
    ("namespaces", "v1", "Namespace", False),
    ("nodes", "v1", "Node", False),
    ("pods", "v1", "Pod", True),
    ("services", "v1", "Service", True),
    ("serviceaccounts", "v1", "ServiceAccount", True),
    ("configmaps", "v1", "ConfigMap", True),
    ("secrets", "v1", "Secret", True),
    ("persistentvolumeclaims", "v1", "PersistentVolumeClaim", True),
    ("persistentvolumes", "v1", "PersistentVolume", False),
    ("daemonsets", "apps/v1", "DaemonSet", True),
    ("deployments", "apps/v1", "Deployment", True),
    ("jobs", "batch/v1", "Job", True),
    ("ingresses", "networking.k8s.io/v1", "Ingress", True),
    ("poddisruptionbudgets", "policy/v1", "PodDisruptionBudget", True),
    ("clusterroles", "rbac.authorization.k8s.io/v1", "ClusterRole", False),
    ("clusterrolebindings", "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", False),
    ("roles", "rbac.authorization.k8s.io/v1", "Role", True),
    ("rolebindings", "rbac.authorization.k8s.io/v1", "RoleBinding", True),
]
NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


class Failed(Exception):
    """A refusal with a status and the API's reason."""

    def __init__(self, status, reason, message):
        super().__init__(message)
        self.status, self.reason = status, reason


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def leaves(value, path=()):
    """The fields of a manifest: whatever is no map, and empty maps. Lists are owned whole."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def owned(manifest):
    """The fields that who applies a manifest owns: not those that say which object it is."""
    identity = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}
    return {path: value for path, value in leaves(manifest) if path not in identity}


def put(value, path, leaf):
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = leaf


def drop(value, path):
    if len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value.get(path[0]), dict):
        drop(value[path[0]], path[1:])
        if not value[path[0]]:
            del value[path[0]]


def merged(value, patch):
    """A merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    value = dict(value) if isinstance(value, dict) else {}
    for key, inner in patch.items():
        if inner is None:
            value.pop(key, None)
        else:
            value[key] = merged(value.get(key), inner)
    return value


class Store:
    """The objects of one cluster."""

    def __init__(self):
        self.objects, self.owners, self.version = {}, {}, 0
        for name in NAMESPACES:
            self.create(("v1", "Namespace", "", name), {"metadata": {"name": name}}, "kube-apiserver")
            if name == "kube-system":
                for account in ("default", "aws-node", "coredns"):
                    self.create(("v1", "ServiceAccount", name, account), {"metadata": {}}, "eks")

    def write(self, key, manifest):
        """Stores an object; what the server says of it is the server's."""
        self.version += 1
        version, kind, namespace, name = key
        meta = manifest.setdefault("metadata", {})
        old = self.objects.get(key, {}).get("metadata", {})
        meta["name"] = name
        if namespace:
            meta["namespace"] = namespace
        meta["uid"] = old.get("uid", str(uuid.uuid4()))
        meta["creationTimestamp"] = old.get("creationTimestamp", now().strftime("%Y-%m-%dT%H:%M:%SZ"))
        meta["resourceVersion"] = str(self.version)
        meta["managedFields"] = [managed(*owner, version) for owner in self.owners.get(key, {}).items()]
        self.objects[key] = {**manifest, "apiVersion": version, "kind": kind}
        return self.objects[key]

    def get(self, key):
        if key not in self.objects:
            raise Failed(404, "NotFound", f'{key[1]} "{key[3]}" not found')
        return self.objects[key]

    def check_namespace(self, key):
        if key[2] and ("v1", "Namespace", "", key[2]) not in self.objects:
            raise Failed(404, "NotFound", f'namespaces "{key[2]}" not found')

    def create(self, key, manifest, manager):
        self.check_namespace(key)
        if key in self.objects:
            raise Failed(409, "AlreadyExists", f'{key[1]} "{key[3]}" already exists')
        self.owners[key] = {manager: owned(manifest)}
        return self.write(key, manifest)

    def replace(self, key, manifest, manager):
        held = self.get(key)
        wanted = manifest.get("metadata", {}).get("resourceVersion")
        if wanted and wanted != held["metadata"]["resourceVersion"]:
            raise Failed(409, "Conflict", "the object has been modified; apply your changes to the latest version")
        self.owners[key] = {manager: owned(manifest)}
        return self.write(key, manifest)

    def apply(self, key, manifest, manager, force):
        self.check_namespace(key)
        fields, owners = owned(manifest), self.owners.setdefault(key, {})
        for other, theirs in owners.items():
            lost = [path for path in fields if other != manager and theirs.get(path, fields[path]) != fields[path]]
            if lost and not force:
                raise Failed(409, "Conflict", f'conflict with "{other}": .{".".join(lost[0])}')
            for path in lost:
                del theirs[path]
        live = copy.deepcopy(self.objects.get(key, {}))
        for path in owners.get(manager, {}):
            if path not in fields and not any(path in owners[other] for other in owners if other != manager):
                drop(live, path)
        for path, value in fields.items():
            put(live, path, value)
        owners[manager] = fields
        return self.write(key, live)

    def merge(self, key, patch, manager):
        live = merged(copy.deepcopy(self.get(key)), patch)
        self.owners[key].setdefault(manager, {}).update(owned(patch))
        return self.write(key, live)

    def delete(self, key):
        held = self.get(key)
        del self.objects[key]
        self.owners.pop(key, None)
        return held

    def list(self, version, kind, namespace, selector):
        wanted = [part.split("=", 1) for part in selector.replace("==", "=").split(",") if part]
        found = []
        for key, held in sorted(self.objects.items()):
            labels = held["metadata"].get("labels", {})
            if key[:2] == (version, kind) and namespace in ("", key[2]):
                if all(labels.get(label) == value for label, value in wanted):
                    found.append(held)
        return found


def managed(manager, fields, version):
    """Who set which fields, as the API shows it."""
    tree = {}
    for path in fields:
        put(tree, tuple(f"f:{key}" for key in path), {})
    return {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": version,
        "fieldsType": "FieldsV1",
        "fieldsV1": tree,
    }


def node(instance, zone):
    """The node that an instance becomes."""
    number = int(hashlib.sha256(instance.encode()).hexdigest()[:4], 16)
    name = f"ip-192-168-{number >> 8}-{number & 255}.{zone[:-1]}.compute.internal"
    return {
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}},
        "spec": {"providerID": f"aws:///{zone}/{instance}"},
        "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]},
    }


def authenticate(header, clusters, secrets):
    """The cluster that a bearer token is for: a question to STS, signed for the cluster's name, as EKS checks it."""
    token = header.removeprefix("Bearer k8s-aws-v1.")
    if token == header:
        raise Failed(401, "Unauthorized", "no token of EKS's form")
    padded = token + "=" * (-len(token) % 4)
    url = urllib.parse.urlsplit(base64.urlsafe_b64decode(padded).decode())
    query = dict(urllib.parse.parse_qsl(url.query))
    signed = query.get("X-Amz-SignedHeaders", "").split(";")
    if query.get("Action") != "GetCallerIdentity" or "x-k8s-aws-id" not in signed:
        raise Failed(401, "Unauthorized", "the token is no question to STS that names the cluster")
    access_key, *scope = query["X-Amz-Credential"].split("/")
    began = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if not began - datetime.timedelta(minutes=5) < now() < began + datetime.timedelta(minutes=15):
        raise Failed(401, "Unauthorized", "the token is not of now")
    unsigned = url._replace(query=url.query.split("&X-Amz-Signature=")[0]).geturl()
    for cluster in clusters:
        request = botocore.awsrequest.AWSRequest(
            "GET", unsigned, headers={"x-k8s-aws-id": cluster, "host": url.netloc}
        )
        request.context["timestamp"] = query["X-Amz-Date"]
        keys = botocore.credentials.Credentials(access_key, secrets(access_key))
        signer = botocore.auth.SigV4QueryAuth(keys, scope[2], scope[1])
        canonical = "\n".join(
            [
                "GET",
                url.path,
                signer._canonical_query_string_url(urllib.parse.urlsplit(unsigned)),
                f"host:{url.netloc}\nx-k8s-aws-id:{cluster}\n",
                "host;x-k8s-aws-id",
                hashlib.sha256(b"").hexdigest(),
            ]
        )
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        if hmac.compare_digest(signature, query.get("X-Amz-Signature", "")):
            return cluster
    raise Failed(401, "Unauthorized", "the token is signed for no cluster that is here")


class ApiServer(http.server.ThreadingHTTPServer):
    """The API servers of all clusters at one address: the token says which is meant."""

    daemon_threads = True

    def __init__(self, folder, secrets, instances):
        super().__init__(("127.0.0.1", 0), ApiHandler)
        self.secrets, self.instances = secrets, instances
        self.clusters, self.lock = {}, threading.RLock()
        self.ca, certificate, key = certificates(pathlib.Path(folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.tls = context
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        # In the connection's own thread, so that one slow handshake stops nobody else.
        request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        print("kubernetes", sys.exc_info()[1], file=sys.stderr)

    @property
    def endpoint(self):
        return f"https://127.0.0.1:{self.server_port}"


class ApiHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with self.server.lock:
                status, answer = self.answer(json.loads(body) if body else None)
        except Failed as failed:
            status = failed.status
            answer = {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "message": str(failed),
                "reason": failed.reason,
                "code": status,
            }
        raw = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        print(status, "kubernetes", self.command, self.path, file=sys.stderr)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_request

    def log_message(self, *_):
        """What matters is written by `handle_request`."""

    def answer(self, body):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        cluster = authenticate(
            self.headers.get("Authorization") or "", self.server.clusters, self.server.secrets
        )
        store = self.server.clusters[cluster]
        parts = url.path.strip("/").split("/")
        found = discovery(parts)
        if found is not None:
            return 200, found
        version, parts = ("v1", parts[2:]) if parts[0] == "api" else ("/".join(parts[1:3]), parts[3:])
        namespace = ""
        if parts[0] == "namespaces" and len(parts) > 2:
            namespace, parts = parts[1], parts[2:]
        kinds = [row for row in RESOURCES if row[:2] == (parts[0], version)]
        if not kinds:
            raise Failed(404, "NotFound", "the server could not find the requested resource")
        kind = kinds[0][2]
        if kind == "Node":
            self.join(store, cluster)
        if len(parts) == 1 and self.command == "GET":
            items = store.list(version, kind, namespace, query.get("labelSelector", ""))
            meta = {"resourceVersion": str(store.version)}
            return 200, {"kind": f"{kind}List", "apiVersion": version, "metadata": meta, "items": items}
        name = parts[1] if len(parts) > 1 else body["metadata"]["name"]
        return self.one(store, (version, kind, namespace, name), parts[2:], query, body)

    def one(self, store, key, below, query, body):
        """A request about one object."""
        manager = query.get("fieldManager", "unknown")
        if below == ["eviction"] and self.command == "POST":
            store.delete(key)
            return 201, {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        if below:
            raise Failed(404, "NotFound", "the server could not find the requested resource")
        if self.command == "GET":
            return 200, store.get(key)
        if self.command == "POST":
            return 201, store.create(key, body, manager)
        if self.command == "PUT":
            return 200, store.replace(key, body, manager)
        if self.command == "DELETE":
            return 200, store.delete(key)
        patch = self.headers.get("Content-Type")
        if patch == "application/apply-patch+yaml":
            new = key not in store.objects
            return 201 if new else 200, store.apply(key, body, manager, query.get("force") == "true")
        if patch == "application/merge-patch+json":
            return 200, store.merge(key, body, manager)
        raise Failed(415, "UnsupportedMediaType", f"{patch} is not modelled")

    def join(self, store, cluster):
        """Lets instances be nodes, and those that are gone not."""
        alive = {}
        for instance, zone in self.server.instances(cluster):
            manifest = node(instance, zone)
            alive["v1", "Node", "", manifest["metadata"]["name"]] = manifest
        for key in [key for key in store.objects if key[1] == "Node" and key not in alive]:
            store.delete(key)
        for key in alive.keys() - store.objects.keys():
            store.create(key, alive[key], "kubelet")


def discovery(parts):
    """What a client asks to know which resources there are."""
    groups = sorted({row[1] for row in RESOURCES if "/" in row[1]})
    if parts in (["readyz"], ["livez"], ["healthz"]):
        return "ok"
    if parts == ["version"]:
        return {"major": "1", "minor": "35", "gitVersion": "v1.35.0-eks", "platform": "linux/amd64"}
    if parts == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"]}
    if parts == ["apis"]:
        listed = []
        for group in groups:
            version = {"groupVersion": group, "version": group.split("/")[1]}
            listed.append({"name": group.split("/")[0], "versions": [version], "preferredVersion": version})
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
    version = "/".join(parts[1:])
    if version not in {row[1] for row in RESOURCES} or parts[0] not in ("api", "apis"):
        return None
    verbs = ["create", "delete", "get", "list", "patch", "update"]
    resources = [
        {"name": plural, "singularName": kind.lower(), "namespaced": within, "kind": kind, "verbs": verbs}
        for plural, group, kind, within in RESOURCES
        if group == version
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def certificates(folder):
    """An authority of its own and a certificate for this machine: the authority in PEM, two files."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("emulated", "127.0.0.1")]
    built = []
    for index, name in enumerate(names):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(keys[index].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now() - datetime.timedelta(hours=1))
            .not_valid_after(now() + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=index == 0, path_length=None), critical=True)
        )
        if index == 1:
            here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
        built.append(builder.sign(keys[0], hashes.SHA256()))
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(built[1].public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return built[0].public_bytes(serialization.Encoding.PEM), certificate, key
