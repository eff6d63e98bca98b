"""The definition of the task that makes users: it is told by reference, and its starter reads just that."""

import json
from typing import Any

import pytest

from components.core.offers import Statement
from components.data.login_task import Login, LoginTask, LoginTaskArgs, Target
from tests.harness import named, recorded

MASTER, API = "arn:aws:secretsmanager:us-east-1:111111111111:secret:m", "arn:aws:secretsmanager:us-east-1:111111111111:secret:a"


def args(**changed: Any) -> LoginTaskArgs:
    login = Login(user="web_api", keeps="shop", secret_arn=API)
    given: dict[str, Any] = {
        "targets": {"postgres": Target(database="plinth", master_secret_arn=MASTER, logins=(login,))},
        "reading": (Statement(sid="Secrets", actions=("secretsmanager:GetSecretValue",), resources=(MASTER, API)),),
        "image": "111111111111.dkr.ecr.us-east-1.amazonaws.com/plinth-test-logins-images:1",
        "registry": "logins",
        "retention_days": 7,
        "logs_key_arn": "arn:aws:kms:logs",
    }
    return LoginTaskArgs(**given | changed)


def test_what_it_needs_is_handed_to_it_by_reference() -> None:
    graph = recorded(lambda ctx: LoginTask("logins", args(), ctx))
    task = named(graph, "logins-task")
    (container,) = json.loads(task.inputs["containerDefinitions"])
    assert container["image"] == "111111111111.dkr.ecr.us-east-1.amazonaws.com/plinth-test-logins-images:1"
    assert {one["name"]: one["valueFrom"] for one in container["secrets"]} == {
        "LOGIN_POSTGRES_WEB_API": API,
        "MASTER_POSTGRES": MASTER,
        "SHARDS_POSTGRES": "arn:aws:ssm:us-east-1:111111111111:parameter/plinth/test/database/postgres/shards",
    }
    (plan,) = container["environment"]
    assert json.loads(plan["value"]) == {
        "postgres": {"database": "plinth", "logins": {"web_api": {"keeps": "shop", "secret": "LOGIN_POSTGRES_WEB_API"}}}
    }
    assert (container["readonlyRootFilesystem"], "taskRoleArn" in task.inputs) == (True, False)
    assert container["logConfiguration"]["options"]["awslogs-group"] == named(graph, "logins-records").inputs["name"]


def test_a_database_without_logins_stays_in_the_plan_so_that_those_of_old_are_retired() -> None:
    targets = {"mysql": Target(database="plinth", master_secret_arn=MASTER, logins=())}
    task = named(recorded(lambda ctx: LoginTask("logins", args(targets=targets), ctx)), "logins-task")
    (container,) = json.loads(task.inputs["containerDefinitions"])
    assert json.loads(container["environment"][0]["value"]) == {"mysql": {"database": "plinth", "logins": {}}}
    assert [one["name"] for one in container["secrets"]] == ["MASTER_MYSQL", "SHARDS_MYSQL"]


def test_who_starts_it_reads_those_secrets_and_nothing_else() -> None:
    graph = recorded(lambda ctx: LoginTask("logins", args(), ctx))
    statements = json.loads(named(graph, "logins-starter-rights").inputs["policy"])["Statement"]
    found = {statement["Sid"]: statement["Resource"] for statement in statements}
    assert found["Secrets"] == sorted((MASTER, API))
    assert found["Shards"] == ["arn:aws:ssm:us-east-1:111111111111:parameter/plinth/test/database/postgres/shards"]
    assert [sid for sid, resources in found.items() if resources == ["*"]] == ["Registry"]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"LoginTaskArgs: targets: none given; at least one"):
        args(targets={})
