"""The cluster that all containers share."""

import json
from typing import Any

import pytest
from pulumi import Output

from components.compute.cluster import Cluster, ClusterArgs, cluster_name
from components.compute.task_rights import backlog_statements, session_statements
from components.core.context import Context
from plinth.engine.graph import Graph
from tests.compute.stand_ins import StandInRecords
from tests.harness import named, of_kind, recorded


def args(**changed: Any) -> ClusterArgs:
    given: dict[str, Any] = {"insights": "enabled", "spot_percent": 80}
    return ClusterArgs(**given | changed)


def cluster(**changed: Any) -> Graph:
    return recorded(lambda ctx: Cluster("containers", args(**changed), ctx))


@pytest.mark.requirement("CMP-08", part="the cluster; the log groups come with its services")
def test_tasks_run_on_fargate_or_on_spot_and_are_measured() -> None:
    graph = cluster()
    made, providers = named(graph, "containers-cluster"), named(graph, "containers-providers")
    assert made.inputs["name"] == "plinth-test-containers-cluster"
    assert made.inputs["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert "configuration" not in made.inputs
    assert providers.inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert providers.inputs["defaultCapacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "weight": 20},
        {"capacityProvider": "FARGATE_SPOT", "weight": 80},
    ]


def test_who_waits_for_the_cluster_waits_for_its_capacity_providers() -> None:
    graph = cluster()
    (component,) = graph.of_type(Cluster.TYPE)
    assert component.outputs["cluster_arn"] == named(graph, "containers-cluster").outputs["arn"]
    assert component.outputs["cluster_name"] == "plinth-test-containers-cluster"
    assert "turns_role_arn" not in component.outputs


def test_names_are_registered_where_the_private_domain_is() -> None:
    graph = cluster(namespace_arn="arn:aws:servicediscovery:x")
    assert named(graph, "containers-cluster").inputs["serviceConnectDefaults"] == {"namespace": "arn:aws:servicediscovery:x"}


def test_sessions_are_recorded_encrypted_where_there_are_any() -> None:
    def build(ctx: Context) -> Cluster:
        records = StandInRecords(log_group_name=Output.from_input("plinth-test-containers-sessions"))
        return Cluster("containers", args(sessions=records), ctx)

    graph = recorded(build)
    assert named(graph, "containers-cluster").inputs["configuration"] == {
        "executeCommandConfiguration": {
            "logging": "OVERRIDE",
            "logConfiguration": {
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchLogGroupName": "plinth-test-containers-sessions",
            },
        }
    }


def test_ecs_may_move_users_between_versions_and_only_on_load_balancers_of_the_stack() -> None:
    assert not of_kind(cluster(), "Role")
    graph = cluster(takes_turns=True)
    statements = {one["Sid"]: one for one in json.loads(named(graph, "containers-turns-rights").inputs["policy"])["Statement"]}
    assert statements.keys() == {"Look", "Register", "Lead"}
    assert all("Describe" in action for action in statements["Look"]["Action"])
    assert statements["Lead"]["Action"] == ["elasticloadbalancing:ModifyRule"]
    ours = {"aws:ResourceTag/project": "plinth", "aws:ResourceTag/environment": "test"}
    assert [statements[sid]["Condition"] for sid in ("Register", "Lead")] == [{"StringEquals": ours}] * 2
    (trust,) = json.loads(named(graph, "containers-turns-role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": ["ecs.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}


def test_a_task_writes_to_the_record_of_sessions_and_says_how_much_waits() -> None:
    seen: list[Context] = []
    recorded(seen.append)
    sessions = {one.sid: one for one in session_statements(seen[0])}
    assert sessions["SessionRecords"].resources == (
        "arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-containers-sessions:*",
    )
    (backlog,) = backlog_statements()
    assert backlog.actions == ("cloudwatch:PutMetricData",)
    assert backlog.conditions == {"StringEquals": {"cloudwatch:namespace": "Plinth/Workers"}}
    assert cluster_name(seen[0]) == "plinth-test-containers-cluster"


def test_what_is_no_percentage_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ClusterArgs: spot_percent: 101 is no percentage; 0 to 100"):
        args(spot_percent=101)
