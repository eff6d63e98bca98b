"""What only the cloud knows, invented in plausible form and marked.

A recording fills every output that a resource type declares, so that no text is ever put together with a gap in it. Each invented
text contains a token (`graph.TOKEN`) that leads back to its resource and property; an invented number is a token itself.
"""

import hashlib
import importlib
import re
import types
import typing
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi import Output
from pulumi.runtime.rpc import get_resource_module

from plinth.engine.graph import Origin
from plinth.engine.values import Value

_ID_PREFIXES: Mapping[str, str] = {
    # EC2's own prefixes, so that an id looks like what it is ("Resource IDs", Amazon EC2 user guide).
    "eip": "eipalloc",
    "flow-log": "fl",
    "instance": "i",
    "internet-gateway": "igw",
    "launch-template": "lt",
    "nat-gateway": "nat",
    "network-acl": "acl",
    "network-interface": "eni",
    "route": "r",
    "route-table": "rtb",
    "route-table-association": "rtbassoc",
    "security-group": "sg",
    "security-group-egress-rule": "sgr",
    "security-group-ingress-rule": "sgr",
    "volume": "vol",
    "vpc-endpoint": "vpce",
}
_HOST = re.compile(r"(endpoint|dnsName|domainName|hostname|address|url|uri)$", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CERTIFICATE = "aws:acm/certificate:Certificate"
_DEPTH = 4
"""How deep nested outputs are filled. The deepest that a component reads is three (certificate validation options)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an invented ARN or host name is made of, besides its token."""

    urn: str
    token: str
    name: str
    region: str
    account: str

    @property
    def service(self) -> str:
        """`ec2` for `aws:ec2/vpc:Vpc`."""
        return self.token.split(":")[1].split("/")[0]

    @property
    def kind(self) -> str:
        """`nat-gateway` for `aws:ec2/natGateway:NatGateway`."""
        return _HUMP.sub("-", self.token.rsplit(":", 1)[-1]).lower()


class Inventor:
    """Invents values for one recording and remembers where each belongs. The same program gives the same values."""

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}

    def identity(self, place: Place) -> str:
        """The id of a resource."""
        token = self._token(place.urn, "id")
        prefix = _ID_PREFIXES.get(place.kind, place.kind)
        return f"{prefix}-{token}"

    def outputs(self, place: Place, wanted: Set[str], inputs: Mapping[str, Value]) -> dict[str, Value]:
        """A value for each of the `wanted` outputs of a resource, which its type declares.

        Inside an output even what may be absent gets a value: the SDK calls most nested outputs optional. A list has one entry,
        but for the validations of a certificate, of which ACM wants one for each of its names.
        """
        kinds = {key: kind for key, kind in declared_outputs(place.token).items() if key in wanted}
        found = {key: self._value(place, key, kind, 0) for key, kind in kinds.items()}
        if place.token == _CERTIFICATE and (names := _names(inputs)):
            key = "domainValidationOptions"
            (option,) = typing.get_args(kinds[key])
            each = (self._value(place, f"{key}[{index}]", option, 1) for index in range(len(names)))
            found[key] = [
                {**known, "domainName": name} for known, name in zip(each, names, strict=True) if isinstance(known, dict)
            ]
        return found

    def _token(self, urn: str, path: str) -> str:
        token = "0f1c" + hashlib.sha256(f"{urn} {path}".encode()).hexdigest()[:13]
        self.origins[token] = Origin(urn, path)
        return token

    def _number(self, urn: str, path: str) -> int:
        """A number that is a token as text would be; kept below 2**53, so that JSON holds it exactly."""
        digits = int(hashlib.sha256(f"{urn} {path}".encode()).hexdigest()[:8], 16)
        number = 7_100_000_000_000_000 + digits
        self.origins[str(number)] = Origin(urn, path)
        return number

    def _value(self, place: Place, path: str, kind: Any, depth: int) -> Value:
        if _is_optional(kind):
            kind = next(of for of in typing.get_args(kind) if of is not type(None))
        origin = typing.get_origin(kind)
        if kind is str:
            return self._text(place, path)
        if kind is bool:
            return False
        if kind in (int, float):
            return self._number(place.urn, path)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {}
        if origin is not None and depth < _DEPTH:
            return [self._value(place, f"{path}[0]", typing.get_args(kind)[0], depth + 1)]
        if depth < _DEPTH:
            fields = _properties(kind)
            return {key: self._value(place, f"{path}.{key}", of, depth + 1) for key, of in fields.items()}
        return None

    def _text(self, place: Place, path: str) -> str:
        token = self._token(place.urn, path)
        last = path.rsplit(".", 1)[-1]
        if last.endswith(("arn", "Arn")):
            region = "" if place.service in ("iam", "cloudfront", "route53") else place.region
            return f"arn:aws:{place.service}:{region}:{place.account}:{place.kind}/{token}"
        if _HOST.search(last):
            return f"{place.kind}-{token}.{place.region}.amazonaws.com"
        return f"{place.name}-{token}"


def _names(inputs: Mapping[str, Value]) -> tuple[Value, ...]:
    """The names on a certificate, the main one first; none on one that comes from elsewhere."""
    main = inputs.get("domainName")
    return tuple(dict.fromkeys((main, *inputs.get("subjectAlternativeNames", ())))) if main else ()


@cache
def declared_outputs(token: str) -> Mapping[str, Any]:
    """The outputs of a resource type that are always set, by their wire names; none where the SDK has no such class."""
    package, module, _ = token.split(":")
    found = get_resource_module(package, module, "")
    if found is None:
        return {}
    known: Mapping[str, Any] = getattr(found, "mod_info")  # noqa: B009 (untyped in the SDK)
    properties = _properties(getattr(importlib.import_module(known["fqn"]), known["classes"][token]))
    return {name: kind for name, kind in properties.items() if not _is_optional(kind)}


@cache
def _properties(cls: type) -> Mapping[str, Any]:
    """Wire name -> type of the properties of a generated SDK class."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        for member in vars(base).values():
            getter = member.fget if isinstance(member, property) else None
            name = getattr(getter, "_pulumi_name", None)
            if getter is not None and isinstance(name, str):
                found[name] = _type_of(getter)
    return found


def _type_of(getter: Callable[..., Any]) -> Any:
    """The type that a property gives once `Output` is taken off."""
    kind = typing.get_type_hints(getter)["return"]
    return typing.get_args(kind)[0] if typing.get_origin(kind) is Output else kind


def _is_optional(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType) and type(None) in typing.get_args(kind)
