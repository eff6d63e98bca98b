"""Arguments are checked where they are born: every fault in one error, before any resource exists."""

from collections.abc import Iterable


def refuse(args: object, problems: Iterable[str]) -> None:
    """Raises ValueError that lists all `problems` of an arguments object, each `field: what is wrong; what is allowed`."""
    if found := list(problems):
        raise ValueError(f"{type(args).__name__}: " + " | ".join(found))
