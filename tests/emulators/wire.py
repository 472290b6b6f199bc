"""AWS's protocols, for the operations that the gateway answers itself: by botocore's models, with moto's parsers of
requests and writers of answers. Operations and their parameters have the API's own names.
"""

import functools
import json
import re
import urllib.parse

import botocore.parsers
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import SERIALIZERS
from moto.core.utils import get_service_model as model
from werkzeug.datastructures import Headers, MultiDict

# What requests are signed for, where it is not botocore's name.
SIGNED_FOR = {"servicequotas": "service-quotas"}


class Refused(Exception):
    """An error of AWS's, with its code."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Request:
    """A request as it arrived."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        url = urllib.parse.urlsplit(path)
        self.query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
        self.form = []
        if "x-www-form-urlencoded" in (headers.get("Content-Type") or ""):
            self.form = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
        self.place = url.path
        self.service, self.operation, self.labels = self._recognise()

    def _recognise(self):
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers.get("Authorization") or "")
        if not scope:
            return None, None, {}
        service = SIGNED_FOR.get(scope[1], scope[1])
        form = dict(self.form)
        if service == "elasticloadbalancing":
            service = "elbv2" if form.get("Version") == "2015-12-01" else "elb"
        if "Action" in form:
            return service, form["Action"], {}
        target = self.headers.get("X-Amz-Target")
        if target:
            return service, target.rsplit(".", 1)[-1], {}
        for pattern, method, name in routes(service):
            labels = pattern.fullmatch(self.place)
            if labels and method == self.method:
                unquoted = {key: urllib.parse.unquote(value) for key, value in labels.groupdict().items()}
                return service, name, unquoted
        return service, None, {}

    def parameters(self):
        """What is asked, under the API's names."""
        operation = model(self.service).operation_model(self.operation)
        parser = PROTOCOL_PARSERS[operation.service_model.protocol](operation, map_type=dict)
        return parser.parse(
            {
                "method": self.method,
                "values": MultiDict(self.query + self.form),
                "headers": Headers(list(self.headers.items())),
                "body": self.body,
                "url_path": self.place,
                "url_params": self.labels,
            }
        )


@functools.cache
def routes(service):
    """Path, method and name of each operation of a service that tells them apart so."""
    found = []
    for name in model(service).operation_names:
        http = model(service).operation_model(name).http
        path = re.escape(http["requestUri"].split("?")[0])
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", path)
        found.append((re.compile(pattern), http["method"], name))
    return found


def understood(service, operation, status, headers, body):
    """An emulator's answer as data."""
    shape = model(service).operation_model(operation).output_shape
    parser = botocore.parsers.create_parser(model(service).protocol)
    return parser.parse({"status_code": status, "headers": headers, "body": body}, shape)


def written(service, operation, answer):
    """An answer, or a `Refused`, as it goes over the wire: status, headers, body."""
    described = model(service).operation_model(operation)
    if isinstance(answer, Refused):
        return refusal(model(service).protocol, answer)
    done = SERIALIZERS[described.service_model.protocol](described).serialize(answer)
    body = done["body"]
    return done["status_code"], dict(done["headers"]), body.encode() if isinstance(body, str) else body


def refusal(protocol, refused):
    if protocol in ("rest-json", "json"):
        body = json.dumps({"__type": refused.code, "message": refused.message})
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refused.code}
        return refused.status, headers, body.encode()
    error = f"<Error><Code>{refused.code}</Code><Message>{refused.message}</Message></Error>"
    outer = f"<Response><Errors>{error}</Errors><RequestID>0</RequestID></Response>"
    if protocol == "query":
        outer = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
    return refused.status, {"Content-Type": "text/xml"}, outer.encode()
