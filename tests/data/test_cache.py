"""Redis in each of its shapes: one node, copies that take over, shards."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi import Output

from components.core.context import Context
from components.data.cache import Cache, CacheArgs
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import SECRET
from tests.harness import named, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555"
TOKEN = "sesame-sesame-sesame"  # noqa: S105 (of a test)


def args(**changed: Any) -> CacheArgs:
    plain: dict[str, Any] = {
        "purpose": "redis",
        "engine_version": "7.0",
        "node_type": "cache.t3.micro",
        "shards": 1,
        "replicas": 0,
        "eviction": "allkeys-lru",
        "backup_days": 1,
        "backup_window": "03:00-04:00",
        "maintenance_window": "sun:05:00-sun:06:00",
        "log_days": 7,
        "token": TOKEN,
        "key_arn": KEY,
        "logs_key_arn": KEY,
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-redis",
    }
    return CacheArgs(**{**plain, **changed})


def cache(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Cache("cache-redis", args(token=Output.secret(TOKEN), **changed), ctx), retain=retain)


def group(graph: Graph) -> Resource:
    return named(graph, "cache-redis-group")


@pytest.mark.requirement("DAT-14", part="encryption in transit and at rest, a token, one group")
@pytest.mark.requirement("DAT-33", part="caches: encrypted, with a token, in private subnets")
def test_nobody_gets_in_without_tls_a_token_and_the_group() -> None:
    inputs = group(cache()).inputs
    assert inputs["transitEncryptionEnabled"] is True
    assert inputs["transitEncryptionMode"] == "required"
    assert inputs["atRestEncryptionEnabled"] is True
    assert inputs["kmsKeyId"] == KEY
    assert inputs["securityGroupIds"] == ["sg-redis"]
    assert inputs["authToken"] == SECRET
    assert inputs["authTokenUpdateStrategy"] == "ROTATE"


def test_one_node_has_no_one_to_take_over() -> None:
    inputs = group(cache()).inputs
    assert (inputs["numCacheClusters"], inputs["clusterMode"]) == (1, "disabled")
    assert (inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (False, False)
    assert not {"numNodeGroups", "replicasPerNodeGroup", "finalSnapshotIdentifier"} & inputs.keys()


def test_a_copy_takes_over_in_another_zone() -> None:
    inputs = group(cache(replicas=2)).inputs
    assert (inputs["numCacheClusters"], inputs["clusterMode"]) == (3, "disabled")
    assert (inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (True, True)


@pytest.mark.requirement("DAT-15", part="cluster mode in every part of it")
@pytest.mark.requirement("DAT-32", part="shards of Redis by config")
def test_shards_are_cluster_mode_in_group_and_parameters() -> None:
    graph = cache(shards=2, replicas=1)
    inputs = group(graph).inputs
    assert (inputs["numNodeGroups"], inputs["replicasPerNodeGroup"], inputs["clusterMode"]) == (2, 1, "enabled")
    assert inputs["automaticFailoverEnabled"] is True
    assert "numCacheClusters" not in inputs
    parameters = named(graph, "cache-redis-sharded-parameters").inputs["parameters"]
    assert {"name": "cluster-enabled", "value": "yes"} in parameters


@pytest.mark.requirement("DAT-17", part="family and eviction")
@pytest.mark.parametrize("eviction", ["allkeys-lru", "noeviction"])
def test_parameters_say_what_is_forgotten(eviction: str) -> None:
    found = named(cache(eviction=eviction), "cache-redis-parameters").inputs
    assert found["family"] == "redis7"
    assert found["parameters"] == [
        {"name": "cluster-enabled", "value": "no"},
        {"name": "maxmemory-policy", "value": eviction},
    ]


@pytest.mark.requirement("DAT-16", part="the subnets that it is given")
def test_it_lives_in_the_subnets_that_it_is_given() -> None:
    graph = cache()
    assert named(graph, "cache-redis-subnets").inputs["subnetIds"] == ["subnet-a", "subnet-b"]
    assert group(graph).inputs["subnetGroupName"] == named(graph, "cache-redis-subnets").outputs["name"]


def test_slow_commands_and_the_engine_are_logged_encrypted_for_so_many_days() -> None:
    graph = cache()
    logs = named(graph, "cache-redis-records").inputs
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (7, KEY)
    delivered = group(graph).inputs["logDeliveryConfigurations"]
    assert {one["logType"] for one in delivered} == {"engine-log", "slow-log"}
    assert {one["destination"] for one in delivered} == {logs["name"]}


@pytest.mark.parametrize("retain", [True, False])
def test_what_it_holds_is_kept_where_the_stack_retains_data(*, retain: bool) -> None:
    found = group(cache(retain=retain))
    assert (found.options.protect, found.options.retain_on_delete) == (retain, retain)
    assert found.inputs.get("finalSnapshotIdentifier") == ("plinth-test-redis-final" if retain else None)


@pytest.mark.parametrize(("days", "tag"), [(0, "none"), (3, "daily")])
def test_backups_are_made_for_so_many_days_and_a_tag_says_so(days: int, tag: str) -> None:
    inputs = group(cache(backup_days=days)).inputs
    assert (inputs["snapshotRetentionLimit"], inputs["snapshotWindow"], inputs["tags"]["backup"]) == (days, "03:00-04:00", tag)


def test_from_one_node_to_shards_is_said_to_be_a_new_cache() -> None:
    assert group(cache()).options.replace_on_changes == ("clusterMode",)


def test_the_nodes_are_watched_by_the_names_that_elasticache_gives_them() -> None:
    found: list[Cache] = []

    def build(ctx: Context) -> None:
        found.append(Cache("cache-redis", args(token=Output.secret(TOKEN), shards=2, replicas=1), ctx))
        found.append(Cache("cache-broker", args(token=Output.secret(TOKEN), purpose="broker", eviction="noeviction"), ctx))

    recorded(build)
    sharded, single = ({(one.dimensions["CacheClusterId"], one.metric) for one in cache.signals} for cache in found)
    assert {node for node, _ in sharded} == {f"plinth-test-redis-cache-000{s}-00{n}" for s in (1, 2) for n in (1, 2)}
    assert {metric for _, metric in sharded} == {"EngineCPUUtilization", "Evictions", "CurrConnections", "ReplicationLag"}
    assert single == {
        ("plinth-test-broker-cache-001", metric)
        for metric in ("EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "CurrConnections")
    }
    keys = [one.key for cache in found for one in cache.signals]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"purpose": "Redis"}, "purpose: 'Redis' is no name"),
        ({"engine_version": "6.2"}, "engine_version: 6.2 is not known; one of 7.0, 7.1"),
        ({"node_type": "t3.micro"}, "node_type: 't3.micro' is no node type"),
        ({"shards": 0}, "shards: 0 is not possible"),
        ({"replicas": 6}, "replicas: 6 is not possible; 0 to 5"),
        ({"shards": 2}, "replicas: 0, and a shard that is lost"),
        ({"shards": 46, "replicas": 1}, "shards: they come to 92 nodes; at most 90"),
        ({"replicas": 1, "subnet_ids": {"us-east-1a": "subnet-a"}}, "subnet_ids: copies live in another zone"),
        ({"eviction": "oldest"}, "eviction: oldest is not known"),
        ({"backup_days": 36}, "backup_days: 36 is not possible; 0 to 35"),
        ({"log_days": 8}, "retention_days: 8 is not possible"),
        ({"backup_window": "3-4"}, "backup_window: '3-4' is no daily window"),
        ({"maintenance_window": "05:00-06:00"}, "maintenance_window: '05:00-06:00' is no weekly window"),
        ({"maintenance_window": "sun:03:30-sun:04:30"}, "maintenance_window: sun:03:30-sun:04:30 overlaps"),
    ],
)
def test_what_is_impossible_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"CacheArgs: ") as refused:
        replace(args(), **changed)
    assert message in str(refused.value)
