"""Recorded requests and answers against botocore's service models.

A request is read by its protocol into the parameters of its operation, these are validated by the model, and what
botocore's own serializer makes of them must be what was sent: method, path, query, headers, body. So an operation is
covered as soon as it is used. Its signature must be the one that botocore's signer makes of the raw request."""
import base64
import functools
import json
import re
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

# By signing name, where botocore's name for the service differs.
SERVICES = {"monitoring": "cloudwatch", "awsssoportal": "sso", "sso-oauth": "sso-oidc"}


@functools.cache
def model(service):
    return ServiceModel(create_loader().load_service_model(SERVICES.get(service, service), "service-2"))


class Mismatch(Exception):
    """A request that botocore would not have sent."""


# -- which operation, and in which protocol -------------------------------------------------------------------------------


def service_of(call):
    """Signed calls have it in their scope; the few unsigned ones are known by name."""
    if call.service:
        return call.service
    if call.operation.startswith(("AssumeRoleWith", "GetCallerIdentity")):
        return "sts"
    return "sso-oidc" if call.path == "/token" else "sso"


def rest_operation(service, call):
    path = call.path.split("?")[0]
    for name in service.operation_names:
        operation = service.operation_model(name)
        template = operation.http["requestUri"].split("?")[0]
        if operation.http["method"] == call.method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
            return operation
    raise Mismatch("no operation has this method and path")


def operation_of(call):
    """(operation model, protocol)"""
    service = model(service_of(call))
    offered = service.metadata.get("protocols", [service.metadata["protocol"]])
    target = call.headers.get("x-amz-target")
    form = dict(urllib.parse.parse_qsl(call.body))
    if target:
        protocol, name = "json", target.rpartition(".")[2]
    elif "Action" in form:
        protocol, name = ("ec2" if service.metadata["protocol"] == "ec2" else "query"), form["Action"]
    else:
        protocol, name = "rest-json", None
    if protocol not in offered:
        raise Mismatch(f"speaks {protocol}, but the service {offered}")
    if name is None:
        return rest_operation(service, call), protocol
    if name not in service.operation_names:
        raise Mismatch(f"the service has no operation {name}")
    return service.operation_model(name), protocol


# -- from the wire to parameters ------------------------------------------------------------------------------------------


def scalar(shape, text):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if shape.type_name == "timestamp":
        return parse_timestamp(text)
    if shape.type_name == "blob":
        return base64.b64decode(text)
    return text


class Form:
    """Converts a body of name=value pairs to nested parameters."""

    def __init__(self, pairs, protocol):
        self.pairs, self.ec2, self.used = dict(pairs), protocol == "ec2", set()
        if len(self.pairs) != len(pairs):
            raise Mismatch("a parameter comes twice")

    def parameters(self, shape):
        found = self._read(shape, "") if shape else {}
        if unknown := set(self.pairs) - self.used - {"Action", "Version"}:
            raise Mismatch(f"unknown parameters {sorted(unknown)}")
        return found

    def _has(self, prefix):
        return any(name == prefix or name.startswith(prefix + ".") for name in self.pairs)

    def _name(self, member, default):
        if not self.ec2:
            return member.serialization.get("name", default)
        if "queryName" in member.serialization:
            return member.serialization["queryName"]
        name = member.serialization.get("name", default)
        return name[0].upper() + name[1:]

    def _read(self, shape, prefix):
        if shape.type_name == "structure":
            names = {member: (prefix + "." if prefix else "") + self._name(inner, member)
                     for member, inner in shape.members.items()}
            return {member: self._read(shape.members[member], name) for member, name in names.items() if self._has(name)}
        if shape.type_name == "list":
            if not self.ec2:
                inner = shape.member.serialization.get("name")
                if not shape.serialization.get("flattened"):
                    prefix += "." + (inner or "member")
                elif inner:
                    prefix = ".".join([*prefix.split(".")[:-1], inner])
            numbers = range(1, len(self.pairs) + 1)
            return [self._read(shape.member, f"{prefix}.{i}") for i in numbers if self._has(f"{prefix}.{i}")]
        self.used.add(prefix)
        return scalar(shape, self.pairs[prefix])


def from_json(shape, value):
    """Converts JSON with wire names to parameters. Unknown members stay, for the validator to find."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {inner.serialization.get("name", member): member for member, inner in shape.members.items()}
        return {names.get(name, name): from_json(shape.members[names[name]], inner) if name in names else inner
                for name, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [from_json(shape.member, inner) for inner in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: from_json(shape.value, inner) for name, inner in value.items()}
    return parse_timestamp(value) if shape.type_name == "timestamp" else value


def from_rest(operation, call):
    path, _, query = call.path.partition("?")
    shape = operation.input_shape
    if shape is None:
        return {}
    template = operation.http["requestUri"].split("?")[0]
    labels = dict(zip(re.findall(r"\{([^}+]*)\+?\}", template),
                      re.fullmatch(re.sub(r"\{[^}]*\}", "([^/]+)", template), path).groups(), strict=True))
    pairs = urllib.parse.parse_qs(query, keep_blank_values=True)
    found = from_json(shape, json.loads(call.body)) if call.body else {}
    for member, inner in shape.members.items():
        name = inner.serialization.get("name", member)
        place = inner.serialization.get("location")
        if place == "uri":
            found[member] = scalar(inner, urllib.parse.unquote(labels[name]))
        elif place == "querystring" and name in pairs:
            values = pairs.pop(name)
            found[member] = values if inner.type_name == "list" else scalar(inner, values[0])
        elif place == "header" and name.lower() in call.headers:
            found[member] = call.headers[name.lower()]
    if pairs:
        raise Mismatch(f"unknown query parameters {sorted(pairs)}")
    return found


def parameters_of(call, operation, protocol):
    if protocol == "json":
        return from_json(operation.input_shape, json.loads(call.body))
    if protocol == "rest-json":
        return from_rest(operation, call)
    return Form(urllib.parse.parse_qsl(call.body, keep_blank_values=True), protocol).parameters(operation.input_shape)


# -- the checks -----------------------------------------------------------------------------------------------------------


def differ(what, ours, theirs):
    if ours != theirs:
        raise Mismatch(f"{what} is {ours!r}; botocore sends {theirs!r}")


def check_request(call):
    operation, protocol = operation_of(call)
    found = parameters_of(call, operation, protocol)
    if operation.input_shape:
        report = ParamValidator().validate(found, operation.input_shape)
        if report.has_errors():
            raise Mismatch(report.generate_report())
    theirs = create_serializer(protocol, include_validation=False).serialize_to_request(found, operation)
    differ("the method", call.method, theirs["method"])
    path, _, query = call.path.partition("?")
    differ("the path", path, theirs["url_path"].split("?")[0])
    pairs = [(name, value) for name, values in theirs["query_string"].items()
             for value in (values if isinstance(values, list) else [values])] if theirs["query_string"] else []
    differ("the query", sorted(urllib.parse.parse_qsl(query, keep_blank_values=True)),
           sorted((name, str(value)) for name, value in pairs))
    for name in ("content-type", "x-amz-target"):
        headers = {key.lower(): value for key, value in theirs["headers"].items()}
        if name == "x-amz-target" or headers.get(name):
            differ(f"the header {name}", call.headers.get(name), headers.get(name))
    if protocol in ("ec2", "query"):
        differ("the form", dict(urllib.parse.parse_qsl(call.body, keep_blank_values=True)),
               {name: str(value) for name, value in theirs["body"].items()})
    else:
        body = theirs["body"].decode() if isinstance(theirs["body"], bytes) else theirs["body"]
        differ("the body", json.loads(call.body or "{}"), json.loads(body or "{}"))


def check_signature(call, secrets):
    """Checks that the signature is the one that botocore's signer makes of the raw request, if the secret is known."""
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), "
                         r"Signature=([0-9a-f]{64})", call.headers.get("authorization", ""))
    if not found:
        raise Mismatch("no signature")
    key, region, service, names, signature = found.groups()
    if key not in secrets:
        return
    if not {"host", "x-amz-date"} <= set(names.split(";")):
        raise Mismatch(f"only {names} are signed")
    request = AWSRequest(method=call.method, url=f"http://{call.headers['host']}{call.path}", data=call.body.encode())
    for name in names.split(";"):
        request.headers[name] = call.headers[name]
    request.context["timestamp"] = call.headers["x-amz-date"]
    signer = botocore.auth.SigV4Auth(Credentials(key, secrets[key]), service, region)
    canonical = signer.canonical_request(request)
    differ("the signature", signature, signer.signature(signer.string_to_sign(request, canonical), request))


def problems(calls, secrets):
    """A line for each call that botocore would not have made. `secrets`: by access key."""
    found = []
    for call in calls:
        try:
            check_request(call)
            if call.service:
                check_signature(call, secrets)
        except (Mismatch, ValueError, KeyError, AttributeError) as problem:
            found.append(f"{call.service} {call.operation}: {type(problem).__name__}: {problem}")
    return sorted(set(found))


def parsed(call):
    """A successful answer, parsed by botocore."""
    operation, protocol = operation_of(call)
    answer = {"status_code": call.status, "headers": {"content-type": call.answer_type}, "body": call.answer}
    return create_parser(protocol).parse(answer, operation.output_shape)
