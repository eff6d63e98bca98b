"""How IAM judges a request by the statements of a role, for the conditions that ours have; and the statements of a policy.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.core.offers import Statement
from plinth.engine.graph import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One action on one thing (`*` where the call is about none); what the call and the thing say, by condition key."""

    action: str
    arn: str = "*"
    context: Mapping[str, str] = field(default_factory=dict[str, str])


def allows(statements: Iterable[Statement], request: Request) -> bool:
    """Whether some statement allows the request; there are none that deny."""
    return any(
        request.action in statement.actions
        and any(like(str(pattern), request.arn) for pattern in statement.resources)
        and all(
            any(
                _holds(operator, request.context.get(key), str(value))
                for value in (wanted if isinstance(wanted, tuple) else (wanted,))
            )
            for operator, block in statement.conditions.items()
            for key, wanted in block.items()
        )
        for statement in statements
    )


def like(pattern: str, text: str) -> bool:
    """IAM's wildcards: `*` for anything, slashes too, and `?` for one character."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), text) is not None


def _holds(operator: str, found: str | None, wanted: str) -> bool:
    match operator:
        case "Null":
            return (found is None) == (wanted == "true")
        case "StringEquals" | "ForAnyValue:StringEquals":
            return found == wanted
        case "StringEqualsIfExists" | "ForAllValues:StringEquals":
            return found is None or found == wanted
        case "ForAllValues:StringLike":
            return found is None or like(wanted, found)
        case "StringLike" | "ArnLike":
            return found is not None and like(wanted, found)
        case _:
            raise NotImplementedError(operator)


def bodies(resource: Resource) -> dict[str, Any]:
    """The statements of a policy by their names, those without one by what they say."""
    text = resource.inputs.get("policy")
    statements: list[Any] = json.loads(text)["Statement"] if isinstance(text, str) and text.startswith("{") else []
    return {one.get("Sid") or json.dumps(one): one for one in statements}
