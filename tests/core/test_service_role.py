"""The maker of roles."""

import json
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions

from components.core.context import Context
from components.core.offers import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import ServiceTrust
from plinth.engine.graph import Graph, name_of
from tests.harness import named, recorded

SOURCE = "arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*"
RIGHTS = Statement(actions=("logs:PutLogEvents",), resources=("arn:aws:logs:us-east-1:111111111111:log-group:x",))


def args(**changed: Any) -> ServiceRoleArgs:
    given: dict[str, Any] = {
        "trust": ServiceTrust(service="vpc-flow-logs.amazonaws.com", source_arn=SOURCE),
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
        "ArnLike": {"aws:SourceArn": SOURCE},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }
    assert made.inputs["path"] == "/"
    assert "permissionsBoundary" not in made.inputs
    assert graph.of_type(ServiceRole.TYPE)[0].outputs == {
        "role_arn": made.outputs["arn"],
        "role_name": made.outputs["name"],
        "ready_arn": made.outputs["arn"],
    }


def test_its_only_policy_holds_exactly_the_statements() -> None:
    graph = role()
    rights = named(graph, "writer-rights")
    assert rights.inputs["role"] == named(graph, "writer-role").outputs["name"]
    (statement,) = json.loads(rights.inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (list(RIGHTS.actions), list(RIGHTS.resources))
    assert len([resource for resource in graph.resources.values() if resource.type.startswith("aws:iam")]) == 2


def test_the_stack_bounds_its_roles_and_says_where_they_stand() -> None:
    boundary = "arn:aws:iam::111111111111:policy/most"

    def build(ctx: Context) -> None:
        bounded = replace(ctx, role_path="/plinth/", boundary_arn=boundary)
        ServiceRole("writer", args(), bounded)
        ServiceRole("guard", args(path="/guarded/", job="guard", bounded=False), bounded)
        assert bounded.role_arn("network", "flow-logs") == "arn:aws:iam::111111111111:role/plinth/plinth-test-network-flow-logs"

    graph = recorded(build)
    roles = {name: named(graph, f"{name}-role").inputs for name in ("writer", "guard")}
    assert {name: (role["path"], role.get("permissionsBoundary")) for name, role in roles.items()} == {
        "writer": ("/plinth/", boundary),
        "guard": ("/guarded/", None),
    }


MANY = tuple(Statement(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::bucket-{n:04}/{'x' * 90}/*",)) for n in range(100))


def test_rights_that_are_too_long_for_one_policy_are_managed_policies_that_the_role_alone_has() -> None:
    graph = role(statements=MANY, path="/guarded/")
    policies = [resource for resource in graph.resources.values() if resource.type == "aws:iam/policy:Policy"]
    assert [policy.name for policy in policies] == [f"writer-rights-{number}" for number in range(1, len(policies) + 1)]
    assert len(policies) == 3
    granted: set[str] = set()
    for policy in policies:
        assert len(policy.inputs["policy"]) <= 6_144
        assert policy.inputs["path"] == "/guarded/"
        granted |= {target for statement in json.loads(policy.inputs["policy"])["Statement"] for target in statement["Resource"]}
        attached = named(graph, f"{policy.name}-attached")
        assert attached.inputs == {"role": named(graph, "writer-role").outputs["name"], "policyArn": policy.outputs["arn"]}
    assert granted == {str(one.resources[0]) for one in MANY}


def test_whoever_waits_for_the_ready_role_waits_for_its_rights() -> None:
    def build(ctx: Context) -> None:
        ready = ServiceRole("writer", args(statements=MANY), ctx).ready_arn
        aws.sqs.Queue("queue", policy=ready, opts=ResourceOptions(provider=ctx.provider))

    graph = recorded(build)
    waits = {name_of(urn) for urn in named(graph, "queue").dependencies}
    assert {f"writer-rights-{number}-attached" for number in (1, 2, 3)} <= waits


def test_a_role_without_rights_of_its_own_can_have_a_policy_that_aws_keeps() -> None:
    graph = role(statements=(), attached=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
    made = [resource.name for resource in graph.resources.values() if resource.type.startswith("aws:iam")]
    assert made == ["writer-role", "writer-readonlyaccess"]
    assert named(graph, "writer-readonlyaccess").inputs["policyArn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"ServiceRoleArgs: ") as caught:
        args(trust=ServiceTrust(service="me"), purpose="", path="here")
    for expected in ("ends in .amazonaws.com", "purpose: 0 characters", "path: 'here' is no path"):
        assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"), [("purpose", "x" * 1001), ("purpose", "→"), ("path", "/a"), ("path", "a/"), ("path", "/a b/")]
)
def test_each_limit_is_held(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"ServiceRoleArgs: {field}: "):
        args(**{field: value})


def test_more_policies_than_a_role_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 10"):
        args(statements=MANY, attached=tuple(f"arn:aws:iam::aws:policy/P{n}" for n in range(8)))
    assert args(statements=MANY, attached=tuple(f"arn:aws:iam::aws:policy/P{n}" for n in range(7)))
