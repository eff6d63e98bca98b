"""POL-11, where things may be."""

import re
from collections.abc import Iterator

from policy.rules.rule import Finding, Rule, judged
from policy.rules.view import Resource, Stack, Value

ALLOWED = ("us-east-1", "us-west-2", "eu-west-1")
"""The regions of the platform: home, standby, backup vault (row BST-11). A platform that lives elsewhere changes this list."""

_PLACED = ("region", "availabilityZone")
_AVAILABILITY_ZONE = re.compile(r"^(.+-\d)[a-z]$")


def _is_aws(token: str) -> bool:
    return token.startswith(("aws:", "pulumi:providers:aws"))


def _elsewhere(resource: Resource, _: Stack) -> Iterator[Finding]:
    """A resource without a region of its own lives in its provider's."""
    for key in _PLACED:
        yield from _allowed(key, resource.props.get(key))
    if resource.props.get("region") is None:
        yield from _allowed("provider.region", resource.provider.get("region"))


def _allowed(at: str, value: Value) -> Iterator[Finding]:
    holds = not isinstance(value, str) or _AVAILABILITY_ZONE.sub(r"\1", value) in ALLOWED
    yield from judged(at, value, f"is none of {', '.join(ALLOWED)}", holds=holds)


RULES = (
    Rule(
        id="region-allowed",
        severity="high",
        statement=f"Everything lives in {', '.join(ALLOWED)}",
        why="Elsewhere nobody looks: no trail, no detector, no budget, and data where the law may not want it.",
        fix="Take the region from `ctx.region`; to use another one, add it to policy/rules/regions.py.",
        sources=("POL-11", "BST-11"),
        applies=_is_aws,
        check=_elsewhere,
    ),
)
