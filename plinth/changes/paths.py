"""Places inside a resource's properties, written as Pulumi writes them in `ignoreChanges`: `ebsBlockDevices[*].volumeSize`."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias, cast

from plinth.engine.values import Value

Path: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r'\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["([^"]*)"\]')
_PLAIN = re.compile(r"[\w$*-]+")


def written(path: Path) -> str:
    """`rules[0].port`, `tags.Name`, `tags["aws:x"]`."""
    text = "".join(_step(step) for step in path)
    return text.removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f'["{step}"]'


@cache
def parsed(text: str) -> Path:
    """The path that `text` writes; `*` stands for any index or key."""
    return tuple(_read(*groups) for groups in _STEP.findall(text))


def _read(key: str, index: str, quoted: str) -> str | int:
    return int(index) if index.isdigit() else key or index or quoted


def covers(pattern: Path, path: Path) -> bool:
    """Whether `path` is what `pattern` names, or inside it."""
    return len(pattern) <= len(path) and _agree(pattern, path)


def reached(pattern: Path, path: Path, value: Value) -> Iterator[Value]:
    """What `pattern` names in `value`, which stands at `path`."""
    if len(pattern) > len(path) and _agree(pattern, path):
        yield from found(value, pattern[len(path) :])


def found(value: Value, steps: Sequence[str | int]) -> Iterator[Value]:
    """Everything in `value` that `steps` lead to."""
    if not steps:
        yield value
        return
    for item in _items(value, steps[0]):
        yield from found(item, steps[1:])


def _items(value: Value, step: str | int) -> list[Value]:
    if isinstance(value, dict):
        fields = cast("dict[str, Value]", value)
        return list(fields.values()) if step == "*" else [fields[str(step)]] if step in fields else []
    if isinstance(value, list):
        items = cast("list[Value]", value)
        return items if step == "*" else [items[step]] if isinstance(step, int) and step < len(items) else []
    return []


def _agree(pattern: Path, path: Path) -> bool:
    """Step by step, as far as both go."""
    return all(wanted in ("*", step) for wanted, step in zip(pattern, path, strict=False))
