"""POL-01, tags: who owns a thing, what it belongs to, who pays. The keys are those of the program's own provider."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from components.core import tagging
from policy.rules.rule import Finding, Rule, undecided, violated
from policy.rules.view import Mark, Resource, Stack, is_map, tags_of

_TYPES = Path(__file__).with_name("taggable_types.txt")
_ENVIRONMENTS = ("dev", "staging", "prod")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    tagging.ENVIRONMENT: _ENVIRONMENTS,
    tagging.MANAGED_BY: ("pulumi",),
}
"""The tags whose values come from a list."""


@cache
def taggable_types() -> frozenset[str]:
    """The resource types that take tags: those with `tagsAll` in the SDK, and Auto Scaling groups, whose tags are a list.

    The list is generated from the SDK (`make docs`), so that a pack need not import it.
    """
    return frozenset(line for line in _TYPES.read_text().splitlines() if not line.startswith("#"))


def missing_tags(resource: Resource) -> Mapping[str, str]:
    """The tags that `resource` lacks and that its URN tells: project, environment, who manages it.

    None where its tags cannot be seen or are no map. An owner and a cost centre cannot be told.
    """
    own = resource.props.get("tags")
    there = tags_of(resource)
    if not taggable(resource.type) or isinstance(there, Mark) or not (own is None or is_map(own)):
        return {}
    told = {tagging.PROJECT: resource.project, tagging.ENVIRONMENT: resource.stack, tagging.MANAGED_BY: "pulumi"}
    return {key: value for key, value in told.items() if key not in there}


def taggable(token: str) -> bool:
    """Whether resources of this type take tags."""
    return token in taggable_types()


def _missing(resource: Resource, _: Stack) -> Iterator[Finding]:
    tags = tags_of(resource)
    if isinstance(tags, Mark):
        yield undecided("tags", "are not known yet")
        return
    for key in tagging.REQUIRED:
        if key not in tags:
            yield violated(f"tags.{key}", "is missing")
        elif tags[key] == "":
            yield violated(f"tags.{key}", "is empty")


def _unlisted(resource: Resource, _: Stack) -> Iterator[Finding]:
    tags = tags_of(resource)
    if isinstance(tags, Mark):
        yield undecided("tags", "are not known yet")
        return
    for key, allowed in ALLOWED.items():
        if isinstance(tags.get(key), Mark):
            yield undecided(f"tags.{key}")
        elif key in tags and tags[key] not in allowed:
            yield violated(f"tags.{key}", f"is none of {', '.join(allowed)}")


RULES = (
    Rule(
        id="tags-required",
        severity="medium",
        statement=f"Everything that takes tags carries {', '.join(tagging.REQUIRED)}",
        why="Costs cannot be told apart, backups and schedules pass by, and nobody knows whom to call.",
        fix="Use the platform's provider, whose default tags hold them all, and `ctx.tagged(...)`.",
        sources=("POL-01", "BST-07"),
        applies=taggable,
        check=_missing,
    ),
    Rule(
        id="tags-from-list",
        severity="low",
        statement="Tags whose values come from a list hold one of them",
        why="`prod`, `Prod` and `production` are three environments to a cost report.",
        fix="Use one of the values: " + "; ".join(f"{key}: {', '.join(values)}" for key, values in ALLOWED.items()) + ".",
        sources=("POL-01",),
        applies=taggable,
        check=_unlisted,
    ),
)
