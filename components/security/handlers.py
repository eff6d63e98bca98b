"""What a pipeline calls in AWS for each resource type, and what each call can be narrowed to: two tables beside this module.

Pure data, written by `tools/handlers.py`; nothing here knows a stack.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast

Handler: TypeAlias = Literal["create", "read", "update", "delete"]
Guard: TypeAlias = Literal[
    "",  # nothing beyond the ARN: it goes by name, or only reads
    "own",  # what carries the tags of the stack
    "new",  # what gets the tags of the stack as it is made
    "creation",  # as `new`, for tags alone: only as a part of the making (EC2)
    "claim",  # what gets the tags of the stack, and carries no one else's
    "unclaimed",  # what carries no one else's tags
    "copy",  # as `unclaimed`, and only into the regions of the stack
    "bounded",  # only whom the permissions boundary holds
    "attach",  # as `bounded`, and only policies of the stack or those of AWS that it attaches
    "service",  # a key, through the service that keeps something under it
    "soa",  # of a zone's records only SOA
    "names",  # of a zone's records those whose names end in the stack's domain
]
"""How an action is kept from what the stack does not own."""

READS: Final = ("List", "Read")
"""The access levels that change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An action, its access level, and one kind of thing that it works on: its ARN, with places for names, and its guard.

    `resource` is `*` for what works on no thing that has an ARN.
    """

    action: str
    level: str
    resource: str
    arn: str
    guard: Guard

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.level in READS


@cache
def rights() -> Mapping[str, tuple[Right, ...]]:
    """All that each action can be narrowed to."""
    found: dict[str, list[Right]] = {}
    for action, level, resource, arn, guard in _rows("actions.csv"):
        right = Right(action=action, level=level, resource=resource, arn=arn, guard=cast("Guard", guard))
        found.setdefault(action, []).append(right)
    return MappingProxyType({action: tuple(each) for action, each in found.items()})


@cache
def known_types() -> frozenset[str]:
    """The resource types that the tables cover."""
    return frozenset(token for token, _, _ in _rows("handlers.csv"))


def actions(types: frozenset[str], handlers: Sequence[Handler]) -> frozenset[str]:
    """What these handlers of these types call. Raises LookupError for a type that the tables do not cover."""
    return _calls(types, handlers)


def passed_to(types: frozenset[str]) -> frozenset[str]:
    """The services to which a role of the stack is passed for these types."""
    return _calls(types, ("pass",))


def linked_to(types: frozenset[str]) -> frozenset[str]:
    """The services that make a role of their own, once an account, for these types."""
    return _calls(types, ("link",))


def _calls(types: frozenset[str], handlers: Sequence[str]) -> frozenset[str]:
    if unknown := types - known_types():
        raise LookupError(
            f"no handlers are known for {', '.join(sorted(unknown))}: add them to tools/handler_facts.py and run `make docs`"
        )
    return frozenset(
        call
        for token, handler, calls in _rows("handlers.csv")
        if token in types and handler in handlers
        for call in calls.split()
    )


def _rows(name: str) -> Iterator[list[str]]:
    lines = Path(__file__).with_name(name).read_text().splitlines()
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    next(reader)
    return reader
