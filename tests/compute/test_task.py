"""The definition of a service's tasks."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.compute.definitions import Definition, Port, reference, rendered
from components.compute.task import Container, Task, TaskArgs, Volume
from components.core.offers import Statement
from components.core.told import Told
from plinth.engine.graph import Graph
from tests.harness import named, recorded

SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:plinth-test-login-AbCdEf"  # noqa: S105 (an ARN)
HOST = "arn:aws:ssm:us-east-1:111111111111:parameter/plinth/test/database/postgres/host"
TOLD = (
    Told(variable="POSTGRES_PASSWORD", arn=SECRET, field="password"),
    Told(variable="POSTGRES_HOST", arn=HOST),
)
READ = Statement(sid="ReadHost", actions=("ssm:GetParameters",), resources=(HOST,))
GROUP = "arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-booking-task"


def args(**changed: Any) -> TaskArgs:
    given: dict[str, Any] = {
        "service": "booking",
        "cpu": 256,
        "memory_mb": 512,
        "main": Container(image="registry/booking:v1", environment={"PORT": "8000", "LANG": "en"}, told=TOLD),
        "role_arn": "arn:aws:iam::111111111111:role/plinth-test-booking-task",
        "key_arn": "arn:aws:kms:x",
        "retention_days": 7,
        "stop_seconds": 30,
        "read_only": True,
        "port": Port(number=8000, name="main", spoken="http"),
        "sidecars": {"pgbouncer": Container(image="registry/pgbouncer:v1", told=TOLD[:1])},
        "read": (READ,),
        "pulls": ("booking", "pgbouncer"),
    }
    return TaskArgs(**given | changed)


def task(**changed: Any) -> Graph:
    return recorded(lambda ctx: Task("task-booking", args(**changed), ctx))


def containers(graph: Graph) -> dict[str, dict[str, Any]]:
    found = json.loads(named(graph, "task-booking-definition").inputs["containerDefinitions"])
    return {one["name"]: one for one in found}


@pytest.mark.requirement("CMP-10", part="the shape of every task; sizes come from the stack files")
def test_a_task_runs_on_fargate_with_a_role_for_its_code_and_another_for_whoever_starts_it() -> None:
    graph = task()
    definition = named(graph, "task-booking-definition").inputs
    assert (definition["cpu"], definition["memory"], definition["networkMode"]) == ("256", "512", "awsvpc")
    assert definition["requiresCompatibilities"] == ["FARGATE"]
    assert definition["family"] == "plinth-test-booking-task"
    assert definition["taskRoleArn"] == "arn:aws:iam::111111111111:role/plinth-test-booking-task"
    assert definition["executionRoleArn"] == named(graph, "task-booking-starter-role").outputs["arn"]
    assert named(graph, "task-booking-starter-rights").urn in named(graph, "task-booking-definition").dependencies


@pytest.mark.requirement("CMP-09", part="two containers, and nothing secret in either")
def test_the_sidecar_starts_first_and_what_is_secret_stands_there_as_a_reference() -> None:
    found = containers(task())
    assert found.keys() == {"booking", "pgbouncer"}
    assert found["booking"]["dependsOn"] == [{"containerName": "pgbouncer", "condition": "START"}]
    assert "dependsOn" not in found["pgbouncer"]
    for container in found.values():
        assert container["essential"] is True
        assert "healthCheck" not in container
    assert found["booking"]["environment"] == [{"name": "LANG", "value": "en"}, {"name": "PORT", "value": "8000"}]
    assert found["pgbouncer"]["environment"] == []
    password = {"name": "POSTGRES_PASSWORD", "valueFrom": f"{SECRET}:password::"}
    assert found["booking"]["secrets"] == [{"name": "POSTGRES_HOST", "valueFrom": HOST}, password]
    assert found["pgbouncer"]["secrets"] == [password], "each is told what it is told, and not what the others are"


def test_each_container_ends_in_peace_writes_where_it_may_and_is_recorded() -> None:
    graph = task()
    for name, container in containers(graph).items():
        assert container["stopTimeout"] == 30
        assert container["linuxParameters"] == {"initProcessEnabled": True}
        assert container["readonlyRootFilesystem"] is True
        options = container["logConfiguration"]["options"]
        assert options["awslogs-group"] == named(graph, "task-booking-records").inputs["name"]
        assert (options["awslogs-region"], options["awslogs-stream-prefix"]) == ("us-east-1", name)
        assert options["mode"] == "non-blocking"
    assert containers(task(read_only=False))["booking"]["readonlyRootFilesystem"] is False
    assert named(graph, "task-booking-records").inputs["kmsKeyId"] == "arn:aws:kms:x"


def test_only_the_service_itself_listens_by_a_name() -> None:
    found = containers(task())
    assert found["booking"]["portMappings"] == [
        {"appProtocol": "http", "containerPort": 8000, "hostPort": 8000, "name": "main", "protocol": "tcp"}
    ]
    assert "portMappings" not in found["pgbouncer"]
    assert "portMappings" not in containers(task(port=None))["booking"]


@pytest.mark.requirement("STO-18", part="how a task mounts it")
def test_shared_files_are_mounted_in_the_service_alone_over_tls_as_its_role_by_one_door() -> None:
    volumes = {
        "media": Volume(file_system_id="fs-1", access_point_id="fsap-1", path="/mnt/files/media", read_only=True),
        "shared": Volume(file_system_id="fs-1", access_point_id="fsap-2", path="/mnt/files/shared", read_only=False),
    }
    graph = task(volumes=volumes)
    made = {one["name"]: one["efsVolumeConfiguration"] for one in named(graph, "task-booking-definition").inputs["volumes"]}
    assert made == {
        name: {
            "fileSystemId": "fs-1",
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": door, "iam": "ENABLED"},
        }
        for name, door in (("media", "fsap-1"), ("shared", "fsap-2"))
    }
    assert containers(graph)["booking"]["mountPoints"] == [
        {"containerPath": "/mnt/files/media", "readOnly": True, "sourceVolume": "media"},
        {"containerPath": "/mnt/files/shared", "readOnly": False, "sourceVolume": "shared"},
    ]
    assert "mountPoints" not in containers(graph)["pgbouncer"]
    assert "volumes" not in named(task(), "task-booking-definition").inputs


@pytest.mark.requirement("SEC-07")
def test_whoever_starts_it_pulls_its_images_writes_its_records_reads_what_it_is_told_and_no_more() -> None:
    graph = task()
    statements = {
        one["Sid"]: one for one in json.loads(named(graph, "task-booking-starter-rights").inputs["policy"])["Statement"]
    }
    assert statements.keys() == {"Pull", "ReadHost", "Records", "SignIn"}
    repositories = "arn:aws:ecr:us-east-1:111111111111:repository/plinth-test"
    assert statements["Pull"]["Resource"] == [f"{repositories}-booking-images", f"{repositories}-pgbouncer-images"]
    assert [sid for sid, one in statements.items() if "*" in one["Resource"]] == ["SignIn"]
    assert statements["SignIn"]["Action"] == ["ecr:GetAuthorizationToken"]
    assert statements["Records"]["Resource"] == [f"{GROUP}:log-stream:*"]
    (trust,) = json.loads(named(graph, "task-booking-starter-role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}


def test_who_runs_a_public_image_pulls_from_no_registry() -> None:
    statements = json.loads(named(task(pulls=()), "task-booking-starter-rights").inputs["policy"])["Statement"]
    assert {one["Sid"] for one in statements} == {"ReadHost", "Records"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cpu": 256, "memory_mb": 4096}, r"memory_mb: Fargate has no 4096 MiB with 256 CPU units; one of 512, 1024, 2048"),
        ({"stop_seconds": 121}, r"stop_seconds: 121 is not possible; 2 to 120"),
        ({"sidecars": {"booking": Container(image="x")}}, r"sidecars: booking is what the container of the service is called"),
        ({"retention_days": 8}, r"retention_days: 8 is not possible"),
        (
            {"main": Container(image="x", environment={"POSTGRES_HOST": "here"}, told=TOLD)},
            r"told: POSTGRES_HOST stands in the environment of booking",
        ),
        ({"service": "Booking", "stop_seconds": 1}, r"service: 'Booking' is no name.* \| stop_seconds: 1 is not possible"),
    ],
)
def test_what_no_task_can_be_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"TaskArgs: {message}"):
        args(**changed)


def one(**changed: Any) -> Definition:
    given: dict[str, Any] = {
        "name": "booking",
        "image": "x:1",
        "environment": {},
        "secrets": {},
        "log_group": "group",
        "region": "us-east-1",
        "stop_seconds": 30,
        "read_only": True,
    }
    return Definition(**given | changed)


@given(st.dictionaries(st.text("ABC_", min_size=1), st.text(), min_size=2))
def test_the_text_of_a_definition_does_not_depend_on_the_order_of_its_variables(variables: dict[str, str]) -> None:
    backwards = dict(reversed(variables.items()))
    assert rendered([one(environment=variables)]) == rendered([one(environment=backwards)])
    assert rendered([one(secrets=variables)]) == rendered([one(secrets=backwards)])


def test_what_is_empty_is_left_out_and_what_is_given_stands_there() -> None:
    (plain,) = json.loads(rendered([one()]))
    assert plain.keys().isdisjoint({"command", "entryPoint", "user", "portMappings", "dependsOn"})
    (given,) = json.loads(rendered([one(entry_point=("sh", "-c"), command=("true",), user="101:101")]))
    assert (given["entryPoint"], given["command"], given["user"]) == (["sh", "-c"], ["true"], "101:101")


def test_a_whole_secret_and_one_field_of_it_are_referred_to_differently() -> None:
    assert reference(SECRET, "") == SECRET
    assert reference(SECRET, "username") == f"{SECRET}:username::"
