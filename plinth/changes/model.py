"""What changes in a stack, as data."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from plinth.changes.paths import Path
from plinth.changes.stateful import STATEFUL
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import Value


class Kind(StrEnum):
    """What happens to a resource. One that only gets another URN, by an alias, is moved; each is counted once.

    What the stack only reads is somebody else's: it is read or unread (no longer read), whatever becomes of it.
    """

    REPLACE = "replace"
    DELETE = "delete"
    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    READ = "read"
    UNREAD = "unread"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property that changes, or a part of one.

    `before` and `after` may be `Gap.ABSENT`; `after` is `UNKNOWN` for what is known after the deployment. `forced_by` is the
    source that says that only a new resource can change it; empty where an update can. `because` are the URNs of the replaced
    resources that the new value waits for.
    """

    path: Path
    before: Value
    after: Value
    forced_by: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one resource. `before` is missing where it is created, `after` where it is deleted.

    `untold` are the properties that cannot be compared: secrets, and what the program makes of values that only the cloud knows.
    `first_deleted`: the new resource is made only after the old one is gone.
    """

    kind: Kind
    before: Resource | None
    after: Resource | None
    properties: tuple[Property, ...] = ()
    untold: tuple[Path, ...] = ()
    first_deleted: bool = False

    @property
    def resource(self) -> Resource:
        """The resource as it will be; as it was where it is deleted."""
        found = self.after or self.before
        assert found is not None, "a change is of a resource"  # noqa: S101
        return found

    @property
    def urns(self) -> tuple[str, str]:
        """Its URN before and after; empty where it was or will not be there, or is only read."""
        before, after = ("" if one is None or one.external else one.urn for one in (self.before, self.after))
        return before, after

    @property
    def moved_from(self) -> str:
        """The URN that it had, where that was another one; else empty."""
        return self.before.urn if self.before and self.after and self.before.urn != self.after.urn else ""

    @property
    def forcing(self) -> tuple[Property, ...]:
        """The properties that force a replacement."""
        return tuple(found for found in self.properties if found.forced_by)

    @property
    def because(self) -> tuple[str, ...]:
        """The replaced resources without which it would not be replaced itself; empty where it would be all the same."""
        if not self.forcing or not all(found.because for found in self.forcing):
            return ()
        return tuple(dict.fromkeys(urn for found in self.forcing for urn in found.because))

    @property
    def is_refused(self) -> bool:
        """Whether the engine refuses it: a protected resource is neither deleted nor replaced."""
        return self.kind in (Kind.REPLACE, Kind.DELETE) and self.resource.options.protect

    @property
    def is_kept(self) -> bool:
        """Whether what leaves the stack stays in the cloud."""
        return bool(self.before and self.before.options.retain_on_delete) and self.kind in (Kind.REPLACE, Kind.DELETE)

    @property
    def loses(self) -> str:
        """What is gone afterwards, or not where the program looks for it: `a database`; empty where nothing is."""
        gone = self.kind is Kind.REPLACE or (self.kind is Kind.DELETE and not self.is_kept)
        return STATEFUL.get(self.resource.type, "") if gone else ""

    @property
    def lets_go(self) -> tuple[str, ...]:
        """The protections that it no longer has: `protect`, `retainOnDelete`."""
        if not self.before or not self.after:
            return ()
        old, new = self.before.options, self.after.options
        lost = {
            "protect": old.protect and not new.protect,
            "retainOnDelete": old.retain_on_delete and not new.retain_on_delete,
        }
        return tuple(name for name, gone in lost.items() if gone)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Everything that changes in a stack. `changes` holds every resource of both graphs once, components left out.

    `unjudged` are the types of updated resources of which it is not known what replaces them. `taken_from` names the stack that
    `before` is of, as `project/stack`, where that is another one; its URNs are then those of the stack after.
    """

    before: Graph
    after: Graph
    changes: tuple[Change, ...]
    origin: Mapping[str, str]
    unjudged: tuple[str, ...]
    taken_from: str = ""

    @property
    def stack(self) -> str:
        """The name of the stack."""
        return self.after.stack

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """How many resources there are of each kind."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in Kind}

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of a kind, in the order of the graphs."""
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def failing(self) -> tuple[Change, ...]:
        """What must not go through unseen: something that holds data is lost, or the engine would refuse."""
        return tuple(change for change in self.changes if change.loses or change.is_refused)

    @property
    def failed(self) -> bool:
        """Whether there is any of that."""
        return bool(self.failing)
