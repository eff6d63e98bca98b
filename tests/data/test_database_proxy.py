"""A proxy: TLS alone, and a role that reads the secrets of its users and nothing else."""

import json
from typing import Any

import pytest

from components.core.offers import Statement
from components.data.database_proxy import DatabaseProxy, DatabaseProxyArgs
from tests.harness import named, recorded

SECRETS = {"postgres": "arn:secret:postgres", "login-postgres-api": "arn:secret:api"}


def args(**changed: Any) -> DatabaseProxyArgs:
    given: dict[str, Any] = {
        "engine": "postgres",
        "instance_id": "plinth-test-postgres-database",
        "secret_arns": SECRETS,
        "reading": (Statement(actions=("secretsmanager:GetSecretValue",), resources=tuple(SECRETS.values())),),
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-2",
        "log_retention_days": 30,
        "logs_key_arn": "arn:aws:kms:logs",
    }
    return DatabaseProxyArgs(**given | changed)


@pytest.mark.requirement("DAT-11", part="TLS, its role, its users by their secrets")
def test_it_demands_tls_and_knows_its_users_by_their_secrets() -> None:
    graph = recorded(lambda ctx: DatabaseProxy("postgres-proxy", args(), ctx))
    proxy, target = named(graph, "postgres-proxy-pool"), named(graph, "postgres-proxy-target")
    assert (proxy.inputs["requireTls"], proxy.inputs["debugLogging"], proxy.inputs["engineFamily"]) == (True, False, "POSTGRESQL")
    assert [one["secretArn"] for one in proxy.inputs["auths"]] == list(SECRETS.values())
    assert {one["clientPasswordAuthType"] for one in proxy.inputs["auths"]} == {"POSTGRES_SCRAM_SHA_256"}
    assert (proxy.inputs["vpcSubnetIds"], proxy.inputs["vpcSecurityGroupIds"]) == (["subnet-a", "subnet-b"], ["sg-2"])
    assert target.inputs["dbInstanceIdentifier"] == "plinth-test-postgres-database"
    assert named(graph, "postgres-proxy-fact-host").inputs["name"] == "/plinth/test/database/postgres/proxy-host"
    (statement,) = json.loads(named(graph, "postgres-proxy-reader-rights").inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["secretsmanager:GetSecretValue"], sorted(SECRETS.values()))


def test_what_it_records_goes_to_a_group_that_is_there_before_it_and_goes_with_it() -> None:
    graph = recorded(lambda ctx: DatabaseProxy("postgres-proxy", args(), ctx), retain=True)
    proxy, group = named(graph, "postgres-proxy-pool"), named(graph, "postgres-proxy-records")
    assert proxy.inputs["name"] == "plinth-test-postgres-proxy"
    assert group.inputs["name"] == "/aws/rds/proxy/plinth-test-postgres-proxy"
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (30, "arn:aws:kms:logs")
    assert group.urn in proxy.dependencies
    assert (group.options.protect, group.options.retain_on_delete) == (False, False)


def test_its_clients_are_watched() -> None:
    made: list[DatabaseProxy] = []
    recorded(lambda ctx: made.append(DatabaseProxy("postgres-proxy", args(), ctx)))
    (signal,) = made[0].signals
    assert (signal.metric, signal.threshold) == ("DatabaseConnectionsBorrowLatency", 100_000)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"secret_arns": {}}, "secret_arns: 0 given; 1 to 200"),
        ({"subnet_ids": {}}, "subnet_ids: 0 given; in at least two zones"),
        ({"log_retention_days": 8}, "retention_days: 8 is not possible"),
    ],
)
def test_bad_arguments_are_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"DatabaseProxyArgs: " + problem):
        args(**changed)
