"""The role of a service, on each thing that it can run on."""

import json
from typing import Any

import pytest

from components.core.context import Context
from components.core.offers import Statement
from components.security.runtimes import Runtime
from components.security.workload import Workload, WorkloadArgs, workload_role_arn
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

RIGHT = Statement(actions=("sqs:SendMessage",), resources=("arn:aws:sqs:us-east-1:111111111111:work",), sid="SendQueueWork")


def args(**changed: Any) -> WorkloadArgs:
    given: dict[str, Any] = {"service": "booking", "runs_on": "ecs", "statements": (RIGHT,)}
    return WorkloadArgs(**given | changed)


def workload(runs_on: Runtime, *statements: Statement) -> Graph:
    return recorded(lambda ctx: Workload("service-booking", args(runs_on=runs_on, statements=statements or (RIGHT,)), ctx))


def rights(graph: Graph) -> dict[str, dict[str, Any]]:
    statements = json.loads(named(graph, "service-booking-identity-rights").inputs["policy"])["Statement"]
    return {statement["Sid"]: statement for statement in statements}


def trust(graph: Graph) -> dict[str, Any]:
    (statement,) = json.loads(named(graph, "service-booking-identity-role").inputs["assumeRolePolicy"])["Statement"]
    return statement


@pytest.mark.requirement("SEC-09", part="the roles of services; those of a cluster come with it")
def test_a_container_has_what_its_list_comes_to_and_nothing_else() -> None:
    graph = workload("ecs")
    assert named(graph, "service-booking-identity-role").inputs["name"] == "plinth-test-booking-task"
    assert trust(graph)["Principal"] == {"Service": ["ecs-tasks.amazonaws.com"]}
    assert trust(graph)["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:111111111111:*"},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }
    assert rights(graph).keys() == {"SendQueueWork"}
    assert not of_kind(graph, "InstanceProfile")


@pytest.mark.requirement("SEC-01", part="a role and a profile for each service on EC2; launch templates wear them")
def test_a_machine_has_a_profile_of_its_own_and_an_agent_that_opens_no_port() -> None:
    graph = workload("ec2")
    profile = named(graph, "service-booking-profile")
    assert profile.inputs["name"] == "plinth-test-booking-instance"
    assert profile.inputs["role"] == named(graph, "service-booking-identity-role").outputs["name"]
    assert named(graph, "service-booking-identity-rights").urn in profile.dependencies  # a machine starts with its rights
    assert trust(graph)["Principal"] == {"Service": ["ec2.amazonaws.com"]}
    found = rights(graph)
    own = {"Agent", "AgentState", "Images", "Ready", "RecordStreams", "Records", "Registry"}
    assert found.keys() == {"SendQueueWork", *own}
    assert found["Agent"]["Resource"] == ["*"]
    assert not {"ssm:GetParameter", "ssm:GetParameters", "ssm:UpdateInstanceInformation"} & set(found["Agent"]["Action"])
    assert "ssm:UpdateInstanceInformation" in found["AgentState"]["Action"]
    (component,) = graph.of_type(Workload.TYPE)
    assert component.outputs["profile_arn"] == profile.outputs["arn"]


def test_a_machine_pulls_its_own_images_writes_its_own_logs_and_speaks_to_its_own_group() -> None:
    found, own = rights(workload("ec2")), "us-east-1:111111111111"
    assert found["Images"]["Resource"] == [f"arn:aws:ecr:{own}:repository/plinth-test-booking-images"]
    assert found["Records"]["Resource"] == [f"arn:aws:logs:{own}:log-group:plinth-test-booking-machine:log-stream:*"]
    assert found["Ready"]["Action"] == ["autoscaling:CompleteLifecycleAction"]
    group = "autoScalingGroup:*:autoScalingGroupName/plinth-test-booking-machines"
    assert found["Ready"]["Resource"] == [f"arn:aws:autoscaling:{own}:{group}"]
    assert found["Registry"]["Action"] == ["ecr:GetAuthorizationToken"]


@pytest.mark.requirement("SEC-02", part="the maker; functions come later")
def test_a_function_writes_to_its_own_log_group_and_is_taken_by_itself_alone() -> None:
    graph = workload("lambda")
    function = "arn:aws:lambda:us-east-1:111111111111:function:plinth-test-booking-function"
    assert trust(graph)["Principal"] == {"Service": ["lambda.amazonaws.com"]}
    assert trust(graph)["Condition"]["ArnLike"] == {"aws:SourceArn": function}
    records = rights(graph)["Records"]
    assert records["Resource"] == ["arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-booking-function:log-stream:*"]
    assert records["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_a_service_that_needs_nothing_has_a_role_without_rights() -> None:
    graph = recorded(lambda ctx: Workload("service-booking", args(statements=()), ctx))
    assert [resource.type for resource in graph.resources.values() if resource.type.startswith("aws:")] == ["aws:iam/role:Role"]


@pytest.mark.parametrize(("runs_on", "job"), [("ecs", "task"), ("ec2", "instance"), ("lambda", "function")])
def test_its_arn_is_known_before_it_exists(runs_on: Runtime, job: str) -> None:
    def build(ctx: Context) -> None:
        assert workload_role_arn(ctx, "booking", runs_on) == f"arn:aws:iam::111111111111:role/plinth-test-booking-{job}"

    recorded(build)


def test_a_service_whose_name_cannot_be_part_of_others_is_refused() -> None:
    with pytest.raises(ValueError, match=r"WorkloadArgs: service: 'Booking' is no name"):
        args(service="Booking")
