"""All changes of a stack: what is replaced replaces, in turn, what cannot live without it."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from plinth.changes.compare import Comparer, Comparison, is_deleted_first
from plinth.changes.effective import TAGS
from plinth.changes.facts import Facts
from plinth.changes.matching import PROVIDER, match
from plinth.changes.model import Change, Changes, Kind, Property
from plinth.engine.graph import Graph, Resource

_READ_FORCES = "Pulumi: what another resource is read in place of is deleted"


def changes(before: Graph, after: Graph, facts: Mapping[str, Facts]) -> Changes:
    """What happens when a stack goes from `before` to `after`, by what `facts` say of its types."""
    matching = match(before, after)
    compared, deleted_first = _settled(Comparer(before=before, after=after, matching=matching, facts=facts))
    found = [
        _of_pair(old, new, compared[new.urn], new.urn in deleted_first) if new.urn in compared else _of_read(old, new)
        for old, new in matching.pairs
    ]
    found += [Change(kind=Kind.READ if new.external else Kind.CREATE, before=None, after=new) for new in matching.created]
    found += [Change(kind=Kind.UNREAD if old.external else Kind.DELETE, before=old, after=None) for old in matching.deleted]
    return Changes(
        before=before,
        after=after,
        changes=tuple(found),
        origin=matching.origin,
        unjudged=_unjudged(found, facts),
    )


def _settled(comparer: Comparer) -> tuple[dict[str, Comparison], set[str]]:
    """Every pair compared, until no further resource is replaced. Ends, since what is replaced stays so.

    With it, the URNs of what is deleted before its successor is there. What is only read is left out.
    """
    pairs = [(old, new) for old, new in comparer.matching.pairs if not (old.external or new.external)]
    fresh, deleted_first = set[str](), set[str]()
    compared: dict[str, Comparison] = {}
    affected: Iterable[tuple[Resource, Resource]] = pairs
    while affected:
        compared |= {new.urn: comparer.compare(old, new, fresh, deleted_first) for old, new in affected}
        replaced = fresh | {urn for urn, found in compared.items() if found.replaces}
        gone = deleted_first | _gone_first(pairs, compared, replaced)
        news = (replaced - fresh) | (gone - deleted_first)
        fresh, deleted_first = replaced, gone
        former = {comparer.matching.origin[urn] for urn in news}
        affected = [(old, new) for old, new in pairs if not former.isdisjoint(old.dependencies) or _hangs_on(news, new)]
    return compared, deleted_first


def _hangs_on(news: Set[str], resource: Resource) -> bool:
    """Whether the replacement of `news` may concern a resource. What a trigger is made from is not among its dependencies."""
    options = resource.options
    return not news.isdisjoint((*resource.dependencies, *options.goes_with)) or bool(news and options.replacement_trigger)


def _gone_first(pairs: Iterable[tuple[Resource, Resource]], compared: Mapping[str, Comparison], replaced: set[str]) -> set[str]:
    """Those of the replaced that are deleted first: by themselves, or since what they refer to is."""
    gone = {new.urn for old, new in pairs if new.urn in replaced and is_deleted_first(old, new)}
    while more := {urn for urn in replaced - gone if not gone.isdisjoint(compared[urn].because)}:
        gone |= more
    return gone


def _of_pair(old: Resource, new: Resource, compared: Comparison, deleted_first: bool) -> Change:
    same = Change(kind=Kind.SAME, before=old, after=new, properties=compared.properties, untold=compared.untold)
    if compared.replaces:
        return replace(same, kind=Kind.REPLACE, first_deleted=deleted_first)
    if compared.properties:
        return replace(same, kind=Kind.UPDATE)
    return replace(same, kind=Kind.MOVE) if old.urn != new.urn else same


def _of_read(old: Resource, new: Resource) -> Change:
    """What was or is only read: it may be taken over, by a resource of the stack's own, or let go without touching it."""
    if not new.external:
        return Change(kind=Kind.CREATE, before=old, after=new)
    if old.external:
        return Change(kind=Kind.SAME, before=old, after=new)
    was, is_now = old.outputs.get("id"), new.outputs.get("id")
    if was == is_now:
        return Change(kind=Kind.READ, before=old, after=new)
    other = Property(path=("id",), before=was, after=is_now, forced_by=_READ_FORCES)
    return Change(kind=Kind.REPLACE, before=old, after=new, properties=(other,))


def _unjudged(found: Iterable[Change], facts: Mapping[str, Facts]) -> tuple[str, ...]:
    """What is updated though no source says whether it can be: types, and single properties of types. Tags always can be."""
    unknown = set[str]()
    for change in found:
        token = change.resource.type
        changed = {str(one.path[0]) for one in change.properties} - {TAGS}
        if change.kind is not Kind.UPDATE or not changed or token.startswith(PROVIDER):
            continue
        unknown |= {f"{token} {name}" for name in changed & facts[token].unasked} if token in facts else {token}
    return tuple(sorted(unknown))
