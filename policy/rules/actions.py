"""POL-04, what statements may allow: exact actions, no service as a whole, no role handed to just anything."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from policy.rules.documents import Statement, each_statement, holding
from policy.rules.rule import Check, Finding, Rule, undecided, violated
from policy.rules.view import Mark, Value, has_mark

_UNSCOPABLE = Path(__file__).with_name("unscopable_actions.txt")
_ALL = ("identity", "trust", "resource", "endpoint")
_PASSING = "iam:passrole"


def _words(values: Sequence[Value]) -> Iterator[tuple[int, str]]:
    """The values that can be seen, in lower case (IAM's actions have no case), each with its index."""
    return ((index, str(value).lower()) for index, value in enumerate(values) if not isinstance(value, Mark))


def _service_wide(statement: Statement) -> Iterator[Finding]:
    for index, action in _words(statement.actions):
        if action.partition(":")[2] in ("", "*") and "*" in action:
            yield violated(f"{statement.at}.Action[{index}]", "allows every action of a service, or of all")
    if "NotAction" in statement.negated:
        yield violated(f"{statement.at}.NotAction", "allows every action but some, those of services to come included")
    if has_mark(statement.actions):
        yield undecided(f"{statement.at}.Action")


def _patterns(statement: Statement) -> Iterator[Finding]:
    for index, action in _words(statement.actions):
        name = action.partition(":")[2]
        if name not in ("", "*") and ("*" in name or "?" in name):
            yield violated(f"{statement.at}.Action[{index}]", "is a pattern, not an action")
    if has_mark(statement.actions):
        yield undecided(f"{statement.at}.Action")


def _negations(statement: Statement) -> Iterator[Finding]:
    for key in ("NotResource", "NotPrincipal"):
        if key in statement.negated:
            yield violated(f"{statement.at}.{key}", "allows everything but what it names")


def _passed_roles(statement: Statement) -> Iterator[Finding]:
    """Actions of a trust policy or of a resource's never pass roles: only identity documents come here."""
    if not any(action in ("*", "iam:*") or _covers(action, _PASSING) for _, action in _words(statement.actions)):
        if has_mark(statement.actions):
            yield undecided(f"{statement.at}.Action")
        return
    if "NotResource" in statement.negated:
        yield violated(f"{statement.at}.NotResource", "passes every role but some")
    for index, target in enumerate(statement.resources):
        if isinstance(target, Mark):
            yield undecided(f"{statement.at}.Resource[{index}]")
        elif target == "*" or str(target).endswith((":role/*", ":role*", ":*")):
            yield violated(f"{statement.at}.Resource[{index}]", "passes every role")
    if isinstance(statement.conditions, Mark):
        yield undecided(f"{statement.at}.Condition")
    elif "iam:passedtoservice" not in statement.condition_keys():
        yield violated(f"{statement.at}.Condition", "does not say to which service roles may be passed")


@cache
def _unscopable() -> frozenset[str]:
    """The actions that IAM can narrow to no resource, in lower case."""
    lines = _UNSCOPABLE.read_text().splitlines()
    services = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return frozenset(f"{service}:{name}" for service, names in services for name in names.split())


def _on_everything(statement: Statement) -> Iterator[Finding]:
    """A statement on `*` without a condition whose actions could name their resource. Patterns are another rule's."""
    if has_mark(statement.resources):
        yield undecided(f"{statement.at}.Resource")
    if "*" not in statement.resources:
        return
    if isinstance(statement.conditions, Mark):
        yield undecided(f"{statement.at}.Condition")
    elif not statement.conditions:
        for index, action in _words(statement.actions):
            if "*" not in action and action not in _unscopable():
                yield violated(
                    f"{statement.at}.Action[{index}]", "works on a resource that can be named, and is allowed on every one"
                )


def _covers(pattern: str, action: str) -> bool:
    """Whether an action that may end in `*` matches; a `*` elsewhere is a pattern, which another rule refuses."""
    return action == pattern or (pattern.endswith("*") and action.startswith(pattern[:-1]))


_NO_ESCALATION: Check = each_statement("identity", wrong=_passed_roles)

RULES = (
    Rule(
        id="iam-no-service-wide-action",
        severity="critical",
        statement="No statement allows every action of a service",
        why="Whoever takes over one workload may then do with the service whatever can be done, deletion included.",
        fix="Name the actions that the workload calls.",
        sources=("POL-04", "SEC-03", "CKV_AWS_62", "CKV_AWS_63", "IAM.1", "IAM.21", "AWS-0057", "AWS-0345"),
        applies=holding(*_ALL),
        check=each_statement(*_ALL, wrong=_service_wide),
    ),
    Rule(
        id="iam-no-action-pattern",
        severity="high",
        statement="No statement allows actions by a pattern",
        why="A pattern grows by itself whenever AWS adds an action whose name it matches.",
        fix="Name the actions that the workload calls.",
        sources=("POL-04", "SEC-27", "AwsSolutions-IAM5"),
        applies=holding(*_ALL),
        check=each_statement(*_ALL, wrong=_patterns),
    ),
    Rule(
        id="iam-no-negation",
        severity="high",
        statement="No statement allows everything but what it names",
        why="What nobody thought of is allowed.",
        fix="Name the resources and principals that are meant.",
        sources=("POL-04",),
        applies=holding(*_ALL),
        check=each_statement(*_ALL, wrong=_negations),
    ),
    Rule(
        id="iam-star-only-when-forced",
        severity="high",
        statement="Only actions that know no resource are allowed on every resource",
        why="The right is then on what others own, and on what will be there tomorrow.",
        fix="Name the ARNs, by their names where they do not exist yet, or narrow the statement by a condition.",
        sources=("POL-04", "SEC-27", "CKV_AWS_355", "AwsSolutions-IAM5", "AWS-0057"),
        applies=holding("identity"),
        check=each_statement("identity", wrong=_on_everything),
    ),
    Rule(
        id="iam-pass-role-scoped",
        severity="critical",
        statement="iam:PassRole names the roles and the service that they may be passed to",
        why="Who may pass any role to a service that runs code has the rights of every role.",
        fix="Name the role's ARN and add the condition iam:PassedToService.",
        sources=("POL-04", "CKV_AWS_289", "AWS-0342"),
        applies=holding("identity"),
        check=_NO_ESCALATION,
    ),
)
