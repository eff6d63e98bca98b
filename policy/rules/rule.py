"""What a rule is, and what it can say."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from policy.rules.view import Mark, Resource, Stack, Value

Severity = Literal["critical", "high", "medium", "low"]
Level = Literal["mandatory", "advisory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found at one property (`policy.Statement[0].Action`). `decided` is False where the value cannot be seen yet.

    `detail` is a text of the rule's own: never a value of the resource, which may be a secret.
    """

    at: str
    detail: str
    decided: bool = True


def violated(at: str, detail: str) -> Finding:
    """The rule does not hold at this property."""
    return Finding(at=at, detail=detail)


def undecided(at: str, detail: str = "is not known yet") -> Finding:
    """Whether the rule holds depends on a value that cannot be seen."""
    return Finding(at=at, detail=detail, decided=False)


def judged(at: str, value: Value, detail: str, *, holds: bool) -> Iterator[Finding]:
    """What comes of the `value` at a property: nothing can be said of one that is not seen, whatever `holds` says."""
    if isinstance(value, Mark):
        yield undecided(at)
    elif not holds:
        yield violated(at, detail)


Check: TypeAlias = Callable[[Resource, Stack], Iterable[Finding]]
"""Everything that is wrong with a resource or cannot be told; nothing where the rule holds."""


def of_type(*tokens: str) -> Callable[[str], bool]:
    """Whether a type is one of `tokens`, for `Rule.applies`."""
    return frozenset(tokens).__contains__


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that must hold.

    `statement` says what, `why` what happens otherwise, `fix` what to do. `sources` are ids of the requirement rows and of the
    same rule in public catalogues (Checkov `CKV_`, Security Hub's FSBP controls, Trivy `AWS-`), where there is one.
    `applies` says which resource types the rule judges. `check` is pure; a rule that is `across` looks at other resources of the
    stack as well, so the engine can ask it only when all are planned. In the stacks of `advisory_in` it advises, anywhere else a
    violation blocks.
    """

    id: str
    severity: Severity
    statement: str
    why: str
    fix: str
    sources: tuple[str, ...]
    applies: Callable[[str], bool]
    check: Check
    across: bool = False
    advisory_in: frozenset[str] = frozenset()

    def level(self, stack: str) -> Level:
        """What a violation does in the stack called `stack`."""
        return "advisory" if stack in self.advisory_in else "mandatory"
