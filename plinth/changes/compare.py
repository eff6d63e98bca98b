"""One resource before and after: which of its properties change, and which of those force a replacement."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from plinth.changes.difference import Difference, Gap, differences, is_zero, may_wait, waits
from plinth.changes.effective import REGION, effective
from plinth.changes.facts import Facts, in_place
from plinth.changes.matching import PROVIDER, Matching
from plinth.changes.model import Property
from plinth.changes.paths import Path, covers, found, parsed, reached, written
from plinth.changes.providers import elsewhere
from plinth.changes.terms import Terms, common
from plinth.changes.verdicts import judged
from plinth.engine.graph import Graph, Resource, name_of
from plinth.engine.values import SECRET, UNKNOWN, Value, leaves

_REGION_FORCES = "pulumi-aws 7: a resource stays in its region"
_PROVIDER_FORCES = "Pulumi: a resource stays with its provider"
_TRIGGER = "replacementTrigger"
_NAMES = ("name", "bucket", "identifier", "clusterId", "clusterIdentifier", "replicationGroupId")
"""The properties that Pulumi fills with a name of its own where the program gives none."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The properties of a resource that change, and those that cannot be compared."""

    properties: tuple[Property, ...]
    untold: tuple[Path, ...]

    @property
    def replaces(self) -> bool:
        """Whether the resource is replaced."""
        return any(changed.forced_by for changed in self.properties)

    @property
    def because(self) -> frozenset[str]:
        """The URNs of the replaced resources that it must be replaced with."""
        return frozenset(urn for changed in self.properties if changed.forced_by for urn in changed.because)


@dataclass(frozen=True, kw_only=True)
class Comparer:
    """Compares resources of two graphs by what is known of their types. Components are not compared."""

    before: Graph
    after: Graph
    matching: Matching
    facts: Mapping[str, Facts]

    def compare(self, old: Resource, new: Resource, fresh: Set[str], deleted_first: Set[str]) -> Comparison:
        """What changes from `old` to `new` when the resources `fresh` are replaced.

        `deleted_first` are those of them that are gone before their successor is there. Both are URNs after.
        """
        all_of_them = list(self._differences(old, new, fresh))
        told = [one for one in all_of_them if one.is_told]
        changed = [self._judged(one, new, fresh) for one in told]
        seen = {one.path[0] for one in changed}
        changed += [one for one in self._pulled_along(old, new, fresh, deleted_first) if one.path[0] not in seen]
        changed += self._of_another_provider(old, new, fresh)
        changed += self._of_its_options(old, new, fresh)
        changed = judged(changed, self.after.verdicts.get(new.urn), old, new)
        return Comparison(properties=tuple(changed), untold=tuple(one.path for one in all_of_them if not one.is_told))

    def _differences(self, old: Resource, new: Resource, fresh: Set[str]) -> Iterator[Difference]:
        facts = self._facts(new)
        ignored = [parsed(path) for path in new.options.ignore_changes]
        was, will_be = self._inputs(old, new, fresh)
        for one in differences(was, will_be, facts.unordered):
            if any(covers(pattern, one.path) for pattern in ignored) or self._is_no_change(one, old, will_be, facts):
                continue
            if not (new.type in self.facts and _is_zero_for_nothing(one, facts, was, will_be)):
                yield one

    def _inputs(self, old: Resource, new: Resource, fresh: Set[str]) -> tuple[dict[str, Value], dict[str, Value]]:
        """The inputs of both, as they take effect, in the same terms."""
        was, will_be = effective(self.before, old), effective(self.after, new)
        if REGION not in was or REGION not in will_be:
            was.pop(REGION, None)
            will_be.pop(REGION, None)
        before, after = self._terms
        return before.say(was), after.say(will_be, fresh)

    @cached_property
    def _terms(self) -> tuple[Terms, Terms]:
        return common(self.before, self.after, self.matching.origin)

    def _is_no_change(self, one: Difference, old: Resource, will_be: Mapping[str, Value], facts: Facts) -> bool:
        """What the program no longer says but the cloud keeps; what it says now and is so already."""
        if one.after is Gap.ABSENT:
            return any(_is_gone(pattern, one.path, will_be) for pattern in facts.kept)
        if one.before is Gap.ABSENT and not self.before.invented:
            return any(not any(differences(is_so, one.after, ())) for is_so in found(dict(old.outputs), one.path))
        return False

    def _judged(self, one: Difference, new: Resource, fresh: Set[str]) -> Property:
        because = self._waits_for(one, new, fresh) if one.after == UNKNOWN else ()
        return Property(path=one.path, before=one.before, after=one.after, forced_by=self._forced_by(one, new), because=because)

    def _forced_by(self, one: Difference, new: Resource) -> str:
        if one.path == (REGION,) and not new.type.startswith(PROVIDER):
            return _REGION_FORCES
        facts = self._facts(new)
        known = facts.create_only.items()
        forcing = {text: source for text, source in known if not in_place(new.type, text, new.inputs)}
        rules = {**dict.fromkeys(new.options.replace_on_changes, "replaceOnChanges"), **forcing}
        return next((source for text, source in rules.items() if _concerns(parsed(text), one, facts)), "")

    def _waits_for(self, one: Difference, new: Resource, fresh: Set[str]) -> tuple[str, ...]:
        needed = new.property_dependencies.get(str(one.path[0]), ())
        return tuple(urn for urn in needed if urn in fresh)

    def _pulled_along(self, old: Resource, new: Resource, fresh: Set[str], deleted_first: Set[str]) -> Iterator[Property]:
        """What waits for a replaced resource though both plans say the same.

        The engine left it unknown in both; or it is a secret, made of what is replaced; or what it refers to is deleted first,
        and so must this be, even if it is known.
        """
        for key, urns in new.property_dependencies.items():
            if needed := tuple(urn for urn in urns if urn in fresh):
                waiting = Difference((key,), old.inputs.get(key, Gap.ABSENT), UNKNOWN)
                source = self._forced_by(waiting, new)
                if may_wait(new.inputs.get(key)) or (source and not deleted_first.isdisjoint(needed)):
                    yield Property(path=(key,), before=waiting.before, after=UNKNOWN, forced_by=source, because=needed)

    def _of_another_provider(self, old: Resource, new: Resource, fresh: Set[str]) -> Iterator[Property]:
        """A resource stays what it is with a provider of another name or version, as long as that works in the same place."""
        was, will_be = self.before.resources.get(old.provider), self.after.resources.get(new.provider)
        if was is None or will_be is None or self.matching.origin.get(will_be.urn) == was.urn:
            return
        if setting := elsewhere(was, will_be, *self._inputs(was, will_be, fresh)):
            source = f"{_PROVIDER_FORCES}, whose {written(setting)} is another"
            yield Property(path=("provider",), before=was.urn, after=will_be.urn, forced_by=source)

    def _of_its_options(self, old: Resource, new: Resource, fresh: Set[str]) -> Iterator[Property]:
        """What replaces a resource by its options: another trigger, and the replacement of what it goes with."""
        before, after = self._terms
        was, will_be = before.say(old.options.replacement_trigger), after.say(new.options.replacement_trigger, fresh)
        if _triggers(was, will_be):
            yield Property(path=(_TRIGGER,), before=was, after=will_be, forced_by=_TRIGGER)
        ties = {"replaceWith": new.options.replace_with, "deletedWith": filter(None, [new.options.deleted_with])}
        for option, urns in ties.items():
            if needed := tuple(urn for urn in urns if urn in fresh):
                names = ", ".join(map(name_of, needed))
                yield Property(path=(option,), before=names, after=UNKNOWN, forced_by=option, because=needed)

    def _facts(self, resource: Resource) -> Facts:
        return self.facts.get(resource.type, Facts())


def is_deleted_first(old: Resource, new: Resource) -> bool:
    """Whether a replacement must wait until the old one is gone: on demand, or since both would have the same name."""
    same_name = any(old.inputs.get(key) == new.inputs.get(key) is not None for key in _NAMES)
    return new.options.delete_before_replace or same_name


def _is_gone(pattern: Path, path: Path, will_be: Mapping[str, Value]) -> bool:
    """Whether nothing is left of what `pattern` names, which what was at `path` belonged to: a part of it is not kept alone."""
    whole = path[: len(pattern)]
    return covers(pattern, path) and (whole == path or not any(found(dict(will_be), whole)))


def _triggers(was: Value, will_be: Value) -> bool:
    """Whether a trigger replaces: two that can be seen and differ. The engine takes one that it does not know yet for another."""
    hidden = {SECRET, Gap.UNTOLD}.intersection((*leaves(was), *leaves(will_be)))
    return None not in (was, will_be) and not hidden and (was != will_be or waits(will_be))


def _is_zero_for_nothing(one: Difference, facts: Facts, *inputs: Value) -> bool:
    """False, 0 or an empty text where nothing is on the other side, of a property of which the provider does not tell them apart.

    An item of a list, an empty text in a map and what JSON in a text says are values like any other. What the cloud fills in may
    be another value than false; what the program no longer says of that was looked at before.
    """
    name = one.path[-1] if one.path else 0
    if not isinstance(name, str) or Gap.ABSENT not in (one.before, one.after):
        return False
    value = one.after if one.before is Gap.ABSENT else one.before
    in_json = not any(isinstance(around, dict) for side in inputs for around in found(side, one.path[:-1]))
    if not is_zero(value) or in_json or (value == "" and len(one.path) > 1):
        return False
    return not any(covers(pattern, one.path) for pattern in (*facts.told_apart, *facts.kept))


def _concerns(pattern: Path, changed: Difference, facts: Facts) -> bool:
    """Whether a difference is at, in or around what `pattern` names. What is false there, is nothing to go or to come."""
    if covers(pattern, changed.path):
        return True
    apart = any(covers(told, pattern) for told in facts.told_apart)
    inside = (value for side in (changed.before, changed.after) for value in reached(pattern, changed.path, side))
    return any(apart or not is_zero(value) for value in inside)
