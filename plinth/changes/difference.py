"""What differs between the properties of a resource before and after."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import cast

from plinth.changes.paths import Path, covers
from plinth.engine.values import SECRET, UNKNOWN, Value, leaves

_DEFAULTS = "__defaults"


class Gap(Enum):
    """What stands where there is no value to compare."""

    ABSENT = "not set"
    UNTOLD = "made by the program from what only the cloud knows"


@dataclass(frozen=True, slots=True)
class Difference:
    """A place with its values before and after. `UNKNOWN` after is what will be known after the deployment."""

    path: Path
    before: Value
    after: Value

    @property
    def is_told(self) -> bool:
        """Whether both sides can be seen. A secret that was there and is there may be another one, or the same."""
        if Gap.ABSENT in (self.before, self.after):
            return True
        return not (_is_hidden(self.before) or _is_hidden(self.after) or waits(self.before))


def differences(before: Value, after: Value, unordered: Sequence[Path], path: Path = ()) -> Iterator[Difference]:
    """The places where two values differ, as deep as both have the same shape.

    Nothing, an empty list and an empty map are one, as are a number and its text: the provider makes no difference. JSON in a
    text is compared as what it says. What the provider filled in (`__defaults`) counts only where both sides say it.
    """
    if _is_same(before, after):
        return
    before, after = _opened(before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_maps(cast("dict[str, Value]", before), cast("dict[str, Value]", after), unordered, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(cast("list[Value]", before), cast("list[Value]", after), unordered, path)
    else:
        yield Difference(path, Gap.ABSENT if _is_empty(before) else before, Gap.ABSENT if _is_empty(after) else after)


def _of_maps(before: dict[str, Value], after: dict[str, Value], unordered: Sequence[Path], path: Path) -> Iterator[Difference]:
    filled_in = (_filled_in(before) - after.keys()) | (_filled_in(after) - before.keys())
    for key in dict.fromkeys([*before, *after]):
        if not key.startswith("__") and key not in filled_in:
            yield from differences(before.get(key, Gap.ABSENT), after.get(key, Gap.ABSENT), unordered, (*path, key))


def _of_lists(before: list[Value], after: list[Value], unordered: Sequence[Path], path: Path) -> Iterator[Difference]:
    if (old_statements := _by_sid(before)) and (new_statements := _by_sid(after)):
        yield from _of_maps(old_statements, new_statements, unordered, path)
        return
    if any(len(pattern) == len(path) and covers(pattern, path) for pattern in unordered):
        before, after = _without_common(before, after, unordered, (*path, 0))
    for index, (old, new) in enumerate(zip_longest(before, after, fillvalue=Gap.ABSENT)):
        yield from differences(old, new, unordered, (*path, index))


def _by_sid(items: list[Value]) -> dict[str, Value]:
    """The statements of a policy document by their names, whatever their order; none where not each has a name of its own."""
    maps = [cast("dict[str, Value]", item) for item in items if isinstance(item, dict)]
    named = {str(one["Sid"]): cast("Value", one) for one in maps if "Sid" in one}
    return named if len(named) == len(items) else {}


def _without_common(
    before: list[Value], after: list[Value], unordered: Sequence[Path], path: Path
) -> tuple[list[Value], list[Value]]:
    """Both lists without what stands in both."""
    rest, gone = list(after), list[Value]()
    for item in before:
        twin = next((other for other in rest if not any(differences(item, other, unordered, path))), Gap.ABSENT)
        if twin is Gap.ABSENT:
            gone.append(item)
        else:
            rest.remove(twin)
    return gone, rest


def _filled_in(fields: dict[str, Value]) -> set[str]:
    return set(fields.get(_DEFAULTS, ()))


def _opened(before: Value, after: Value) -> tuple[Value, Value]:
    """What two texts say, where both are JSON."""
    if isinstance(before, str) and isinstance(after, str) and {before[:1], after[:1]} <= {"{", "["}:
        try:
            return json.loads(before), json.loads(after)
        except ValueError:
            pass
    return before, after


def _is_same(before: Value, after: Value) -> bool:
    """Whether two values without parts are the same. Of those with parts it is asked of each: one may be hidden."""
    if _is_empty(before) or _is_empty(after):
        return _is_empty(before) and _is_empty(after)
    parts = isinstance(before, dict | list) or _is_hidden(before) or _is_hidden(after)
    return not parts and _plain(before) == _plain(after)


def _plain(value: Value) -> Value:
    """A number or a truth value as its text; anything else as it is."""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _is_empty(value: Value) -> bool:
    return value is None or value is Gap.ABSENT or value == [] or value == {}


def is_zero(value: Value) -> bool:
    """Whether it is what the provider takes for nothing, unless a property has another default: false, 0, an empty text."""
    return isinstance(value, bool | int | float | str) and not value


def _is_hidden(value: Value) -> bool:
    return value in (SECRET, Gap.UNTOLD)


def waits(value: Value) -> bool:
    """Whether some of it will only be known after the deployment."""
    return UNKNOWN in leaves(value)


def may_wait(value: Value) -> bool:
    """The same, or it could be: nobody sees that of a secret."""
    return waits(value) or SECRET in leaves(value)
