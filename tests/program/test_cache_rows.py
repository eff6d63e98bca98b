"""Caches and queues in the three stacks: what each is, who gets to it, and what it tells."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.context import Context
from components.core.needs import Need
from components.security.workload import workload_role_arn
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import SECRET
from stack.config.document import KeyPath
from stack.config.services import Access
from stack.config.told import connected, read_at_start, through_proxy
from stack.connections import LOGINS, connections, group_of, groups, proxy_of
from stack.things import rights, things
from tests.harness import STACKS, graphs, named, of_kind, stacks
from tests.program.switched import planned

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
LOADED = stacks()


def caches(graph: Graph) -> dict[str, Resource]:
    return {one.name.removeprefix("cache-").removesuffix("-group"): one for one in of_kind(graph, "ReplicationGroup")}


def queues(graph: Graph) -> list[Resource]:
    return [one for one in of_kind(graph, "Queue") if one.custom]


# Shapes


@pytest.mark.requirement("DAT-14")
def test_the_cache_has_the_machines_that_each_stack_can_afford() -> None:
    found = {stack: caches(graphs()[stack])["redis"].inputs for stack in STACKS}
    assert {stack: one["nodeType"] for stack, one in found.items()} == {
        "dev": "cache.t3.micro",
        "staging": "cache.t3.small",
        "prod": "cache.r5.large",
    }
    assert found["dev"]["numCacheClusters"] == 1
    assert found["staging"]["automaticFailoverEnabled"] is True
    for one in found.values():
        assert one["engineVersion"] == "7.0"
        assert one["transitEncryptionEnabled"] is one["atRestEncryptionEnabled"] is True


@EVERY_STACK
@pytest.mark.requirement("DAT-14", part="the token comes from Secrets Manager, and nobody sees it")
def test_the_token_is_the_value_of_its_secret(stack: str) -> None:
    graph = graphs()[stack]
    for name, cache in caches(graph).items():
        assert cache.inputs["authToken"] == SECRET
        made = named(graph, f"secrets-{name}-value").urn
        assert cache.property_dependencies["authToken"] == (made,)
        assert named(graph, f"secrets-{name}-version").property_dependencies["secretString"] == (made,)


@pytest.mark.requirement("DAT-15")
@pytest.mark.requirement("DAT-32", part="Redis, whose shards are those of the stack file")
def test_prod_divides_the_cache_into_shards_with_copies() -> None:
    graph = graphs()["prod"]
    inputs = caches(graph)["redis"].inputs
    assert (inputs["numNodeGroups"], inputs["replicasPerNodeGroup"], inputs["clusterMode"]) == (2, 1, "enabled")
    assert LOADED["prod"].config.data.redis.shards == 2
    parameters = named(graph, "cache-redis-sharded-parameters").inputs["parameters"]
    assert {"name": "cluster-enabled", "value": "yes"} in parameters


@EVERY_STACK
@pytest.mark.requirement("DAT-16")
@pytest.mark.requirement("DAT-33", part="caches are in subnets without a way out")
def test_caches_live_in_the_database_subnets(stack: str) -> None:
    graph = graphs()[stack]
    wanted = sorted(one.outputs["id"] for one in of_kind(graph, "Subnet") if one.inputs["tags"]["tier"] == "database")
    found = graph.of_type("aws:elasticache/subnetGroup:SubnetGroup")
    assert len(found) == len(caches(graph))
    assert all(sorted(one.inputs["subnetIds"]) == wanted for one in found)


@EVERY_STACK
@pytest.mark.requirement("DAT-17")
def test_a_cache_forgets_what_is_not_asked_for_and_a_broker_nothing(stack: str) -> None:
    groups_ = graphs()[stack].of_type("aws:elasticache/parameterGroup:ParameterGroup")
    found = {one.name.split("-")[1]: {item["name"]: item["value"] for item in one.inputs["parameters"]} for one in groups_}
    assert all(one.inputs["family"] == "redis7" for one in groups_)
    assert found["redis"]["maxmemory-policy"] == "allkeys-lru"
    assert {name: one["maxmemory-policy"] for name, one in found.items()} == {
        "dev": {"redis": "allkeys-lru"},
        "staging": {"redis": "allkeys-lru", "broker": "noeviction"},
        "prod": {"redis": "allkeys-lru", "broker": "noeviction"},
    }[stack]


@pytest.mark.requirement("DAT-18")
def test_workers_have_a_broker_of_their_own_but_in_dev_and_it_is_whole() -> None:
    found = {stack: caches(graphs()[stack]).get("broker") for stack in STACKS}
    assert found["dev"] is None
    for broker in (found["staging"], found["prod"]):
        assert broker is not None
        assert (broker.inputs["clusterMode"], broker.inputs["automaticFailoverEnabled"]) == ("disabled", True)
        assert broker.inputs["numCacheClusters"] == 2
        assert "numNodeGroups" not in broker.inputs


@EVERY_STACK
def test_whoever_runs_the_image_of_booking_is_told_of_the_broker(stack: str) -> None:
    config = LOADED[stack].config
    runs_it = {name for name, service in config.services.items() if "DJANGO_SECRET_KEY" in service.secrets}
    assert runs_it == {"booking", "booking-worker", "bot-api"}
    assert {name for name in runs_it if "broker" not in connected(config, name)} == set()


def test_a_cache_with_copies_is_an_update_away(tmp_path: Path) -> None:
    before = caches(graphs()["dev"])["redis"]
    after = caches(planned(tmp_path, "dev", {("plinth:data", "redis", "replicas"): 1}))["redis"]
    assert after.urn == before.urn
    changed = {key for key in after.inputs.keys() | before.inputs.keys() if after.inputs.get(key) != before.inputs.get(key)}
    assert changed == {"numCacheClusters", "automaticFailoverEnabled", "multiAzEnabled"}


# What is told


@EVERY_STACK
@pytest.mark.requirement("DAT-12", part="caches: host, port and how to read them; the token is a secret")
def test_how_to_reach_a_cache_stands_under_one_path(stack: str) -> None:
    graph = graphs()[stack]
    folder = f"/plinth/{stack}/database"
    found = {one.inputs["name"] for one in of_kind(graph, "Parameter") if str(one.inputs["name"]).startswith(f"{folder}/")}
    facts = ("host", "port", "reader", "cluster")
    assert {f"{folder}/{store}/{fact}" for store, fact in product(("redis", "broker"), facts)} <= found
    behind = "redis" if stack == "dev" else "broker"
    told = named(graph, "facts-broker-host")
    assert told.property_dependencies["value"] == (caches(graph)[behind].urn,)


@pytest.mark.parametrize(
    ("stack", "tokens"), [("dev", ["redis"]), ("staging", ["redis", "broker"]), ("prod", ["redis", "broker"])]
)
def test_whoever_connects_to_the_broker_reads_the_token_of_what_is_behind_it(stack: str, tokens: list[str]) -> None:
    config = LOADED[stack].config
    assert connected(config, "booking-worker") == ("postgres", "redis", "broker")
    read = [entry.to for entry in read_at_start(config, "booking-worker")]
    assert [f"secret.{token}" for token in tokens] == [to for to in read if to in ("secret.redis", "secret.broker")]
    assert {"facts.redis", "facts.broker"} <= set(read)


# Who gets in

_SERVICES = tuple(LOADED["prod"].config.services)
_STORES = ("postgres", "redis", "broker")
_PORTS = {"postgres": 5432, "redis": 6379, "broker": 6379}


def _ctx(stack: str) -> Context:
    return Context(
        project="plinth",
        environment=stack,
        account_id="111111111111",
        region="us-east-1",
        retain=False,
        provider=None,  # type: ignore[arg-type]
    )


def _wanted(names: Sequence[str]) -> tuple[Access, ...]:
    return tuple(Access.model_validate({"to": name, "as": "connect"}) for name in names)


@given(
    stack=st.sampled_from(STACKS),
    asked=st.dictionaries(st.sampled_from(_SERVICES), st.lists(st.sampled_from(_STORES), unique=True)),
)
@pytest.mark.requirement("DAT-33", part="ports are open to exactly those who say so")
def test_the_ports_of_stores_are_open_to_exactly_those_who_ask(stack: str, asked: Mapping[str, list[str]]) -> None:
    loaded, ctx = LOADED[stack], _ctx(stack)
    services = {
        name: service.model_copy(update={"access": _wanted(asked[name])})
        for name, service in loaded.config.services.items()
        if name in asked
    }
    config = loaded.config.model_copy(update={"services": services})
    there = things(loaded, ctx)
    needed = {name: rights(_wanted(asked[name]), there, ctx).endpoints for name in services}
    found = connections(config, needed, public=True)
    behind = {store: "redis" if store == "broker" and not config.data.broker.enabled else store for store in _STORES}
    users = {name for name in services if "postgres" in asked[name]}
    proxy = {name: proxy_of("postgres") for name in users if through_proxy(config, "postgres", name)}
    wanted = {
        (group_of(name), proxy.get(name, store) if store == "postgres" else behind[store], _PORTS[store])
        for name in services
        for store in asked[name]
    }
    wanted |= {(proxy_of("postgres"), "postgres", 5432)} if config.data.postgres.proxy.enabled else set()
    wanted |= {(LOGINS, "postgres", 5432)}  # though nobody connects: those who did lose their way in
    opened = [(one.client, one.server, one.ingress.port) for one in found if one.ingress.port in _PORTS.values()]
    assert len(opened) == len(set(opened))
    assert {one for one in opened if one[0] != "eks"} == wanted
    assert {one for one in opened if one[0] == "eks"} == {("eks", "postgres", 5432), ("eks", "redis", 6379)}
    assert {end for one in found for end in (one.client, one.server)} <= groups(config, public=True).keys()


@EVERY_STACK
def test_each_cache_wears_its_own_group_alone(stack: str) -> None:
    graph = graphs()[stack]
    for name, cache in caches(graph).items():
        assert cache.inputs["securityGroupIds"] == [named(graph, f"firewall-{name}").outputs["id"]]


# Queues


@EVERY_STACK
@pytest.mark.requirement("DAT-31", part="all but the alarm on dead letters: observability makes it of a signal")
def test_every_queue_has_dead_letters_and_a_key(stack: str) -> None:
    graph = graphs()[stack]
    data = named(graph, "data-encryption-key").outputs["arn"]
    arns = {f"arn:aws:sqs:us-east-1:000000000000:{one.inputs['name']}" for one in queues(graph)}
    assert {one.inputs["kmsMasterKeyId"] for one in queues(graph)} == {data}
    main = [one for one in queues(graph) if not one.name.endswith("-dead-letters")]
    assert {one.name for one in main} == {"queue-images-queue", "queue-jobs-queue"}
    for one in main:
        redrive = json.loads(one.inputs["redrivePolicy"])
        assert redrive["maxReceiveCount"] == 5
        assert redrive["deadLetterTargetArn"] in arns
        assert redrive["deadLetterTargetArn"].endswith(one.inputs["name"].replace("-queue", "-dead-letters"))


def allowed(graph: Graph, name: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(named(graph, name).inputs["policy"])["Statement"] if one["Effect"] == "Allow"]


@EVERY_STACK
def test_a_queue_lets_in_who_has_it_in_an_access_list_and_does_what_it_says(stack: str) -> None:
    graph = graphs()[stack]
    (takes,) = [one for one in allowed(graph, "queue-images-policy") if "Service" not in one["Principal"]]
    (sends,) = allowed(graph, "queue-jobs-policy")
    role = workload_role_arn(replace(_ctx(stack), account_id="000000000000"), "resize", "lambda")
    assert takes["Condition"]["ArnEquals"]["aws:PrincipalArn"] == role
    assert "sqs:ReceiveMessage" in takes["Action"]
    assert "sqs:SendMessage" in sends["Action"]
    assert "sqs:ReceiveMessage" not in sends["Action"]


@EVERY_STACK
@pytest.mark.requirement("STO-01")
@pytest.mark.requirement("STO-09")
def test_buckets_that_tell_a_queue_of_new_objects_may_send_to_it_and_use_its_key(stack: str) -> None:
    graph = graphs()[stack]
    told = named(graph, "queue-images-queue").outputs["arn"]
    for purpose in ("media-raw", "uploads"):
        (asked,) = named(graph, f"bucket-{purpose}-events").inputs["queues"]
        assert asked["queueArn"] == told
        assert asked["events"] == ["s3:ObjectCreated:*"]
    confined = {
        "ArnEquals": {
            "aws:SourceArn": [f"arn:aws:s3:::plinth-{stack}-{purpose}-000000000000" for purpose in ("media-raw", "uploads")]
        },
        "StringEquals": {"aws:SourceAccount": "000000000000"},
    }
    (sends,) = [one for one in allowed(graph, "queue-images-policy") if "Service" in one["Principal"]]
    assert (sends["Action"], sends["Condition"]) == (["sqs:SendMessage"], confined)
    (uses,) = [one for one in allowed(graph, "data-encryption-key") if one["Principal"] == {"Service": ["s3.amazonaws.com"]}]
    assert uses["Condition"] == confined


def test_a_queue_that_no_bucket_tells_lets_no_bucket_in(tmp_path: Path) -> None:
    buckets = ("plinth:storage", "buckets")
    quiet: dict[KeyPath, Any] = {(*buckets, purpose, "eventsTo"): "" for purpose in ("media-raw", "uploads")}
    graph = planned(tmp_path, "dev", quiet)
    for name in ("queue-images-policy", "data-encryption-key"):
        assert all(one["Principal"] != {"Service": ["s3.amazonaws.com"]} for one in allowed(graph, name))
    assert not of_kind(graph, "BucketNotification")


# Between the stacks


def test_prod_keeps_no_less_than_staging_and_that_no_less_than_dev() -> None:
    for name in ("redis", "broker"):
        each = [getattr(LOADED[stack].config.data, name) for stack in STACKS]
        for key in ("backup_days", "replicas", "log_days"):
            values = [getattr(one, key) for one in each]
            assert values == sorted(values), f"{name}.{key}"


def test_a_need_of_a_queue_narrows_to_that_queue() -> None:
    loaded, ctx = LOADED["prod"], _ctx("prod")
    found = rights((Access.model_validate({"to": "queue.images", "as": "send"}),), things(loaded, ctx), ctx)
    assert [name for name, _ in found.queues] == ["images"]
    (one,) = (statement for _, statement in found.queues)
    assert one.resources == ("arn:aws:sqs:us-east-1:111111111111:plinth-prod-images-queue",)
    assert one.sid == Need(to="queue.images", verb="send").sids(1)[0]
