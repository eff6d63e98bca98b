"""Typed ways to combine outputs. `Output.all` is untyped, so it is used here and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from pulumi import Input, Output

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


def both(first: Input[A], second: Input[B], combine: Callable[[A, B], T]) -> Output[T]:
    """`combine(first, second)` once both are known."""

    def unpack(values: list[object]) -> T:
        return combine(cast("A", values[0]), cast("B", values[1]))

    return cast("Output[list[object]]", Output.all(first, second)).apply(unpack)


def gather(values: Sequence[Input[T]]) -> Output[list[T]]:
    """All of `values`, in their order, once each is known."""
    return cast("Output[list[T]]", Output.all(*values))


def gather_map(values: Mapping[str, Input[T]]) -> Output[dict[str, T]]:
    """All of `values` under their keys, once each is known."""
    return cast("Output[dict[str, T]]", Output.all(**values))
