"""JSON values as graphs hold them, with marks for what is hidden and for what is not known yet."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, cast

Value: TypeAlias = Any
"""A JSON value; `SECRET` or `UNKNOWN` stands where the value is hidden or will only be known to the cloud."""

SECRET = "[secret]"  # noqa: S105 (the mark, not a secret)
"""As `pulumi preview --json` writes a secret."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""As the engine's wire protocol and `pulumi preview --json` write what is not known yet (`pulumi.runtime.rpc.UNKNOWN`)."""


def leaves(value: Value) -> Iterator[str | bool | float | None]:
    """Every value inside `value` that is no list and no map, in order."""
    if isinstance(value, dict):
        for item in cast("dict[str, Value]", value).values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in cast("list[Value]", value):
            yield from leaves(item)
    else:
        yield value


def with_leaves(value: Value, change: Callable[[Any], Value]) -> Value:
    """`value` in its shape, each leaf put through `change`."""
    if isinstance(value, dict):
        return {key: with_leaves(item, change) for key, item in cast("dict[str, Value]", value).items()}
    if isinstance(value, list):
        return [with_leaves(item, change) for item in cast("list[Value]", value)]
    return change(value)
