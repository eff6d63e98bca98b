"""The maker of roles."""

import json
from typing import Any

import pytest

from components.core.offers import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

RIGHTS = Statement(actions=("logs:PutLogEvents",), resources=("arn:aws:logs:us-east-1:111111111111:log-group:x",))


def args(**changed: Any) -> ServiceRoleArgs:
    given: dict[str, Any] = {
        "service": "vpc-flow-logs.amazonaws.com",
        "source_arn": "arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*",
        "statements": (RIGHTS,),
        "purpose": "Writes flow logs",
        "area": "network",
        "job": "flow-logs",
    }
    return ServiceRoleArgs(**given | changed)


def role(**changed: Any) -> Graph:
    return recorded(lambda ctx: ServiceRole("writer", args(**changed), ctx))


def test_a_role_has_a_conventional_name_a_description_and_a_guarded_trust() -> None:
    graph = role()
    made = named(graph, "writer-role")
    assert made.inputs["name"] == "plinth-test-network-flow-logs"
    assert made.inputs["description"] == "Writes flow logs"
    (trust,) = json.loads(made.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": ["vpc-flow-logs.amazonaws.com"]}
    assert trust["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*"},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }
    assert graph.of_type(ServiceRole.TYPE)[0].outputs == {"role_arn": made.outputs["arn"], "role_name": made.outputs["name"]}


def test_its_only_policy_holds_exactly_the_statements() -> None:
    graph = role()
    rights = named(graph, "writer-rights")
    assert rights.inputs["role"] == named(graph, "writer-role").outputs["name"]
    (statement,) = json.loads(rights.inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (list(RIGHTS.actions), list(RIGHTS.resources))
    assert len([resource for resource in graph.resources.values() if resource.type.startswith("aws:iam")]) == 2


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"ServiceRoleArgs: ") as caught:
        args(service="me", source_arn="*", statements=(), purpose="")
    for expected in ("ends in .amazonaws.com", "is no ARN", "statements: none given", "purpose: 0 characters"):
        assert expected in str(caught.value)


@pytest.mark.parametrize(("field", "value"), [("purpose", "x" * 1001), ("purpose", "→"), ("service", "a b.amazonaws.com")])
def test_each_limit_is_held(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"ServiceRoleArgs: {field}: "):
        args(**{field: value})
