"""Checks recorded requests against AWS's own models of its services, as botocore carries them.

Reads lines `{"service", "operation", "parameters"}` from the standard input. Prints what does not hold, a line each,
and ends 1 if anything does not; a model of a service is loaded once. A cluster's own API has no such model: its lines
are left out.
"""

import base64
import collections
import json
import sys

import botocore.exceptions
import botocore.loaders
import botocore.model
import regex

KINDS = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "blob": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
}

# All characters beyond 16 bits, as a pattern in UTF-16 says it and as Python does.
BEYOND_16_BITS = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")


def problems(shape, value, path):
    """What of `value` does not hold by `shape`."""
    # Our JSON has no instants or documents in requests; a shape that needs one needs a decision here.
    wanted = KINDS[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{path}: {json.dumps(value)} is no {shape.type_name}"
        return
    yield from globals().get(f"{shape.type_name}_problems", lambda *_: ())(shape, value, path)
    size = value if isinstance(value, (int, float)) else len(value)
    if shape.type_name == "blob":
        try:
            size = len(base64.b64decode(value, validate=True))
        except ValueError:
            yield f"{path}: not base64"
    if shape.type_name in ("boolean", "structure"):
        return
    what = "" if isinstance(value, (int, float)) else "a length of "
    if size < shape.metadata.get("min", size):
        yield f"{path}: {what}{size} is below {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{path}: {what}{size} is above {shape.metadata['max']}"


def structure_problems(shape, value, path):
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name}: required"
    for name, inner in value.items():
        if name not in shape.members:
            yield f"{path}.{name}: unknown"
        else:
            yield from problems(shape.members[name], inner, f"{path}.{name}")
    if shape.is_tagged_union and len(value) != 1:
        yield f"{path}: takes exactly one of {', '.join(shape.members)}"


def map_problems(shape, value, path):
    for key, inner in value.items():
        yield from problems(shape.key, key, f"{path}[{key}] key")
        yield from problems(shape.value, inner, f"{path}[{key}]")


def list_problems(shape, value, path):
    for index, inner in enumerate(value):
        yield from problems(shape.member, inner, f"{path}[{index}]")


def string_problems(shape, value, path):
    if shape.enum and value not in shape.enum:
        yield f"{path}: `{value}` is none of {', '.join(shape.enum)}"
    # Patterns are Java's: for the whole of the text, and written in UTF-16.
    pattern = shape.metadata.get("pattern", ".*").replace(*BEYOND_16_BITS)
    if not regex.fullmatch(pattern, value, regex.DOTALL):
        yield f"{path}: `{value}` does not match `{pattern}`"


class Models:
    """The services' models, each loaded when it is first asked for."""

    def __init__(self):
        self.loader = botocore.loaders.Loader()
        self.services = {}

    def operation(self, service, operation):
        if service not in self.services:
            model = self.loader.load_service_model(service, "service-2")
            self.services[service] = botocore.model.ServiceModel(model, service)
        return self.services[service].operation_model(operation)


def check(models, line):
    """What does not hold of one recorded request."""
    name = f"{line['service']} {line['operation']}"
    try:
        operation = models.operation(line["service"], line["operation"])
    except botocore.exceptions.UnknownServiceError:
        return [f"{name}: no such service"]
    except botocore.model.OperationNotFoundError:
        return [f"{name}: no such operation"]
    shape = operation.input_shape
    if shape is None:
        return [f"{name}: takes no parameters"] if line["parameters"] else []
    return [f"{name}: {problem}" for problem in problems(shape, line["parameters"], "input")]


def main():
    models = Models()
    found = collections.Counter()
    checked = 0
    for text in sys.stdin:
        line = json.loads(text)
        if line["service"] == "kubernetes":
            continue
        checked += 1
        found.update(check(models, line))
    for problem, times in found.items():
        print(problem, f"({times} times)" if times > 1 else "", sep=" ".strip())
    print(f"{checked} requests checked, {sum(found.values())} problems", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
