"""What a preview of the engine says of a resource counts for more than what is known of its type."""

from collections.abc import Sequence
from dataclasses import replace

from plinth.changes.difference import Gap
from plinth.changes.model import Property
from plinth.changes.paths import Path, covers, found, parsed
from plinth.engine.graph import Resource, Verdict
from plinth.engine.values import UNKNOWN

_FORCES = "the engine's preview"
_UNSAID = ("id",)
"""What the engine itself names where it replaces a resource for none of its properties."""


def judged(changed: Sequence[Property], verdict: Verdict | None, old: Resource, new: Resource) -> list[Property]:
    """The properties that change from `old` to `new`, as the preview that `new` was read from judges them.

    A replacement always counts. That there is none counts where the preview compared with the same as is compared with here.
    """
    if verdict is None:
        return list(changed)
    if verdict.replaced:
        return _replaced(changed, verdict, old, new)
    if verdict.former != old.inputs:
        return list(changed)
    return [] if verdict.stays else [replace(one, forced_by="") for one in changed]


def _replaced(changed: Sequence[Property], verdict: Verdict, old: Resource, new: Resource) -> list[Property]:
    """Those that the preview names force the replacement; where it names none that is seen to change, they are added."""
    reasons = [parsed(reason) for reason in verdict.reasons] or [_UNSAID]
    same = [
        replace(one, forced_by=one.forced_by or _FORCES) if any(covers(reason, one.path) for reason in reasons) else one
        for one in changed
    ]
    if any(one.forced_by for one in same):
        return same
    return [*same, *(_named(path, old, new) for path in reasons)]


def _named(path: Path, old: Resource, new: Resource) -> Property:
    """What is none of its inputs, as its id, is known of the old one alone."""
    before, after = (next(found(dict(one.inputs), path), Gap.ABSENT) for one in (old, new))
    if Gap.ABSENT is before is after:
        before, after = next(found(dict(old.outputs), path), Gap.ABSENT), UNKNOWN
    return Property(path=path, before=before, after=after, forced_by=_FORCES)
