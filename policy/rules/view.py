"""How a rule sees resources: plain values, whichever of the three places they come from (a graph, a preview, a state).

A value is JSON; a `Mark` stands where there is none to see.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, TypeAlias, TypeGuard, cast

Value: TypeAlias = Any
"""A JSON value, or a `Mark`."""


class Mark(Enum):
    """What stands in place of a value. Two marks are never the value of anything: comparing with them decides nothing."""

    UNKNOWN = "known only to the cloud"
    HIDDEN = "a secret"


@dataclass(frozen=True, eq=False, kw_only=True)
class Resource:
    """One resource. `props` are its inputs under their names on the wire (camelCase), `provider` those of its provider.

    `references` says which resources (URNs) the value of a property was made from; it is there even where the value is not.
    """

    urn: str
    props: Mapping[str, Value]
    provider: Mapping[str, Value] = field(default_factory=dict[str, Value])
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @cached_property
    def type(self) -> str:
        """The type token: `aws:ec2/vpc:Vpc`."""
        return self.urn.split("::", 3)[2].rsplit("$", 1)[-1]

    @cached_property
    def project(self) -> str:
        """The project."""
        return self.urn.split("::", 3)[1]

    @cached_property
    def stack(self) -> str:
        """The stack, which is the environment."""
        return self.urn.split("::", 3)[0].rsplit(":", 1)[-1]


@dataclass(frozen=True, eq=False, kw_only=True)
class Stack:
    """Resources that are judged together."""

    resources: Sequence[Resource]

    def of_type(self, *tokens: str) -> tuple[Resource, ...]:
        """The resources with one of these type tokens."""
        return tuple(resource for token in tokens for resource in self._by_type.get(token, ()))

    def referring_to(self, urn: str) -> tuple[Resource, ...]:
        """The resources with a property that was made from the resource `urn`."""
        return tuple(self._referring.get(urn, ()))

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def _referring(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for urn in {urn for urns in resource.references.values() for urn in urns}:
                found.setdefault(urn, []).append(resource)
        return found


def is_map(value: Value) -> TypeGuard[Mapping[str, Value]]:
    """Whether `value` is a map, whose values may be marks."""
    return isinstance(value, Mapping)


def is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    """Whether `value` is a list, whose items may be marks."""
    return isinstance(value, list | tuple)


def listed(value: Value) -> Sequence[Value]:
    """`value` as a list: AWS writes one item of many things without its list, and none as nothing."""
    if value is None:
        return ()
    return value if is_list(value) else (value,)


def has_mark(values: Iterable[Value]) -> bool:
    """Whether one of `values` cannot be seen."""
    return any(isinstance(value, Mark) for value in values)


def parsed(value: Value) -> Value:
    """`value`, read from JSON where it is text. Raises ValueError for text that is not JSON."""
    return json.loads(value) if isinstance(value, str) else value


def tags_of(resource: Resource) -> Mapping[str, Value] | Mark:
    """The tags that a resource will carry: its own and those that its provider gives to all.

    The official plugin merges both into `tagsAll` before rules see them. An Auto Scaling group has a list of its own and gets no
    defaults (the AWS provider's documentation, "default_tags Configuration Block"). A mark where not even the keys can be seen.
    """
    own = resource.props.get("tags")
    if resource.type == "aws:autoscaling/group:Group":
        return {str(tag.get("key")): tag.get("value") for tag in listed(own) if is_map(tag)}
    merged = resource.props.get("tagsAll")
    if is_map(merged):
        return merged
    if isinstance(own, Mark):
        return own
    defaults = _default_tags(resource.provider)
    return defaults if isinstance(defaults, Mark) else {**defaults, **cast("Mapping[str, Value]", own or {})}


def _default_tags(provider: Mapping[str, Value]) -> Mapping[str, Value] | Mark:
    """A provider's properties are JSON text on the wire."""
    defaults = provider.get("defaultTags")
    if isinstance(defaults, Mark):
        return defaults
    block: Value = parsed(defaults)
    tags = block.get("tags") if is_map(block) else None
    return tags if isinstance(tags, Mark) else cast("Mapping[str, Value]", tags or {})
