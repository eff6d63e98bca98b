"""The rows of relational databases, on each stack: what stands where, who reaches it, what is kept, what is told of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from components.data.database import shard_map
from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import Graph, Resource
from stack.config.told import through_proxy
from tests.harness import STACKS, configs, graphs, named, of_kind
from tests.plinth.changes_graphs import kinds
from tests.program.switched import DATA, SERVICES, planned, turned_off
from tests.program.test_network_rows import admitted

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()
ENGINES = {"postgres": 5432, "mysql": 3306}


def instances(graph: Graph) -> list[Resource]:
    return [one for one in graph.resources.values() if one.type == "aws:rds/instance:Instance"]


def primaries(graph: Graph) -> list[Resource]:
    return [one for one in instances(graph) if "replicateSourceDb" not in one.inputs]


def values(key: str) -> dict[str, list[object]]:
    return {stack: [one.inputs[key] for one in primaries(graphs()[stack])] for stack in STACKS}


@pytest.mark.requirement("DAT-01")
def test_postgres_is_15_private_and_encrypted_on_the_class_of_each_stack() -> None:
    for stack, kind in {"dev": "db.t3.micro", "staging": "db.t3.small", "prod": "db.r5.large"}.items():
        inputs = named(graphs()[stack], "postgres-primary").inputs
        assert (inputs["engine"], inputs["instanceClass"]) == ("postgres", kind)
        assert str(inputs["engineVersion"]).startswith("15")
        assert (inputs["storageEncrypted"], inputs["publiclyAccessible"]) == (True, False)
        assert inputs["kmsKeyId"] == named(graphs()[stack], "data-encryption-key").outputs["arn"]


@pytest.mark.requirement("DAT-02")
@EVERY_STACK
def test_mysql_is_an_instance_of_its_own_with_groups_of_its_own(stack: str, tmp_path: Path) -> None:
    graph = graphs()[stack]
    (mysql,) = [one for one in primaries(graph) if one.inputs["engine"] == "mysql"]
    assert (mysql.inputs["engineVersion"], mysql.inputs["port"]) == ("8.4", 3306)
    assert mysql.inputs["parameterGroupName"] == named(graph, "mysql-parameters").outputs["name"]
    assert mysql.inputs["dbSubnetGroupName"] == named(graph, "mysql-subnets").outputs["name"]
    assert mysql.inputs["vpcSecurityGroupIds"] == [named(graph, "firewall-mysql").outputs["id"]]
    if stack == "dev":
        without = planned(tmp_path, stack, {("plinth:data", "mysql", "enabled"): False})
        assert [one.inputs["engine"] for one in instances(without)] == ["postgres"]


@pytest.mark.requirement("DAT-03")
@EVERY_STACK
def test_databases_stand_in_the_database_subnets(stack: str) -> None:
    graph = graphs()[stack]
    ours = {one.outputs["id"] for one in of_kind(graph, "Subnet") if one.inputs["tags"]["tier"] == "database"}
    groups = [one for one in graph.resources.values() if one.type == "aws:rds/subnetGroup:SubnetGroup"]
    assert len(groups) == len(ENGINES)
    for group in groups:
        assert set(group.inputs["subnetIds"]) == ours
        assert len(ours) == 3


@pytest.mark.requirement("DAT-04")
@pytest.mark.requirement("DAT-05")
@EVERY_STACK
def test_parameters_force_tls_and_mysql_has_the_audit_plugin(stack: str) -> None:
    graph = graphs()[stack]
    groups = {one.inputs["family"]: one for one in of_kind(graph, "ParameterGroup")}
    given = {family: {one["name"]: one["value"] for one in group.inputs["parameters"]} for family, group in groups.items()}
    assert (given["postgres15"]["rds.force_ssl"], given["mysql8.4"]["require_secure_transport"]) == ("1", "1")
    assert (given["postgres15"]["log_min_duration_statement"], given["mysql8.4"]["slow_query_log"]) == ("1000", "1")
    options = named(graph, "mysql-options")
    assert named(graph, "mysql-primary").inputs["optionGroupName"] == options.outputs["name"]


@pytest.mark.requirement("DAT-06")
@pytest.mark.requirement("DAT-07")
def test_backups_and_zones_are_those_of_the_stack() -> None:
    assert values("backupRetentionPeriod") == {"dev": [3, 3], "staging": [7, 7], "prod": [14, 14]}
    assert values("multiAz") == {"dev": [False, False], "staging": [True, True], "prod": [True, True]}
    assert all(window for found in values("backupWindow").values() for window in found)


@pytest.mark.requirement("DAT-08")
def test_prod_has_a_replica_in_another_zone_and_the_others_have_none() -> None:
    replicas = {stack: [one for one in instances(graphs()[stack]) if "replicateSourceDb" in one.inputs] for stack in STACKS}
    assert {stack: len(found) for stack, found in replicas.items()} == {"dev": 0, "staging": 0, "prod": 1}
    (replica,) = replicas["prod"]
    assert replica.inputs["replicateSourceDb"] == named(graphs()["prod"], "postgres-primary").outputs["identifier"]
    assert named(graphs()["prod"], "postgres-primary").urn in replica.property_dependencies["availabilityZone"]


@pytest.mark.requirement("DAT-09")
@EVERY_STACK
def test_maintenance_is_on_sunday_once_backups_are_made_and_minor_versions_come_by_themselves(stack: str) -> None:
    graph = graphs()[stack]
    caches = of_kind(graph, "ReplicationGroup")
    backups = {one.name: one.inputs["backupWindow"] for one in primaries(graph)}
    backups |= {one.name: one.inputs["snapshotWindow"] for one in caches}
    assert len(backups) == (3 if stack == "dev" else 4)
    for one in (*instances(graph), *caches):
        # A replica has no backups of its own: those of its source must not meet its maintenance either.
        first, last = backups["postgres-primary" if "replicateSourceDb" in one.inputs else one.name].split("-")
        begins, ends = one.inputs["maintenanceWindow"].split("-")
        assert (begins[:4], ends[:4]) == ("sun:", "sun:")
        assert first < last <= begins[4:] < ends[4:] < "08:00"
        assert one.inputs["autoMinorVersionUpgrade"] is True


@pytest.mark.requirement("DAT-11")
@pytest.mark.requirement(
    "DAT-33", part="ports are open to exactly who names the database in `access`, and to proxy, pods and people"
)
@EVERY_STACK
def test_who_connects_to_a_database_is_who_says_so(stack: str) -> None:
    config, graph = CONFIGS[stack], graphs()[stack]
    for store, port in ENGINES.items():
        named_by = [name for name, one in config.services.items() if any(entry.to == store for entry in one.access)]
        by_proxy = {f"service-{name}" for name in named_by if through_proxy(config, store, name)}
        directly = {f"service-{name}" for name in named_by} - by_proxy
        proxied = {f"{store}-proxy"} if getattr(config.data, store).proxy.enabled else set[str]()
        assert {client for client, server, _ in admitted(graph) if server == store} == directly | proxied | {"logins", "eks"}
        assert {found for _, server, found in admitted(graph) if server in (store, f"{store}-proxy")} == {port}
        assert {client for client, server, _ in admitted(graph) if server == f"{store}-proxy"} == by_proxy


def test_a_database_that_no_service_connects_to_any_more_still_has_the_users_of_old_retired(tmp_path: Path) -> None:
    off = {path: value for path, value in turned_off("dev", (DATA, "postgres", "enabled")).items() if path[0] == SERVICES}
    graph = planned(tmp_path, "dev", off)
    assert not [one for one in graph.resources.values() if one.name.startswith("secrets-login-")]
    task = named(graph, "logins-task")
    (container,) = json.loads(task.inputs["containerDefinitions"])
    plan = json.loads(next(one["value"] for one in container["environment"] if one["name"] == "LOGINS"))
    assert plan == {engine: {"database": "plinth", "logins": {}} for engine in ENGINES}
    assert {server for client, server, _ in admitted(graph) if client == "logins"} == set(ENGINES)


@pytest.mark.requirement("DAT-11")
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_proxy_reads_the_secrets_of_its_users_and_no_other(stack: str) -> None:
    graph = graphs()[stack]
    proxy = named(graph, "postgres-proxy-pool")
    users = [
        name for name in CONFIGS[stack].services if f"secrets-login-postgres-{name}" in {r.name for r in graph.resources.values()}
    ]
    through = [name for name in users if through_proxy(CONFIGS[stack], "postgres", name)]
    arns = [
        named(graph, f"secrets-{name}").outputs["arn"] for name in ("postgres", *(f"login-postgres-{one}" for one in through))
    ]
    assert {one["secretArn"] for one in proxy.inputs["auths"]} == set(arns)
    assert proxy.inputs["requireTls"] is True
    policy = json.loads(named(graph, "postgres-proxy-reader-rights").inputs["policy"])
    names = {resource for one in policy["Statement"] if "kms:Decrypt" not in one["Action"] for resource in one["Resource"]}
    assert len(names) == len(arns)
    assert all(f":secret:plinth-{stack}-" in name for name in names)
    assert not [one for one in graphs()["dev"].resources.values() if one.type == "aws:rds/proxy:Proxy"]


@pytest.mark.requirement("DAT-10", part="on a topic of its own; that of alerts comes with observability")
@EVERY_STACK
def test_every_instance_tells_of_its_failovers_and_failures(stack: str) -> None:
    graph = graphs()[stack]
    subscription = named(graph, "database-events-subscription")
    assert "failover" in subscription.inputs["eventCategories"]
    assert set(subscription.inputs["sourceIds"]) == {one.outputs["identifier"] for one in instances(graph)}
    data = json.loads(named(graph, "data-encryption-key").inputs["policy"])["Statement"]
    assert any(one["Principal"] == {"Service": ["events.rds.amazonaws.com"]} for one in data), "or no message gets out"


@pytest.mark.requirement("DAT-12")
@EVERY_STACK
def test_what_is_to_be_known_stands_in_the_parameter_store(stack: str) -> None:
    kinds = {one.inputs["name"]: one.inputs["type"] for one in of_kind(graphs()[stack], "Parameter")}
    for engine in ENGINES:
        path = f"/plinth/{stack}/database/{engine}"
        assert {kinds[f"{path}/{fact}"] for fact in ("host", "port", "name", "user")} == {"String"}
        assert kinds[f"{path}/secret"] == "SecureString"


@pytest.mark.requirement("DAT-13")
def test_machines_are_measured_outside_development_and_queries_in_production() -> None:
    for stack in STACKS:
        for one in instances(graphs()[stack]):
            assert (one.inputs["monitoringInterval"] > 0) is (stack != "dev")
            assert ("monitoringRoleArn" in one.inputs) is (stack != "dev")
    assert all(one.inputs["performanceInsightsEnabled"] for one in instances(graphs()["prod"]))


@pytest.mark.requirement("DAT-32")
def test_two_shards_are_two_primaries_in_a_map(tmp_path: Path) -> None:
    assert {config.data.postgres.shards for config in CONFIGS.values()} == {1}
    graph = planned(tmp_path, "dev", {("plinth:data", "postgres", "shards"): 2})
    found = {one.name: one for one in primaries(graph) if one.inputs["engine"] == "postgres"}
    assert found.keys() == {"postgres-primary", "postgres-primary-shard-2"}
    parameter = named(graph, "postgres-fact-shards")
    assert parameter.inputs["name"] == "/plinth/dev/database/postgres/shards"
    assert {one.urn for one in found.values()} <= set(parameter.property_dependencies["value"])
    # No plan shows the value of a parameter: the map is made of what the stack tells of its shards.
    first, second = (found[f"postgres-primary{shard}"].outputs["address"] for shard in ("", "-shard-2"))
    hosts = graph.outputs["databases"]["postgres"]["shardHosts"]
    assert json.loads(shard_map(hosts, 5432)) == {"1": {"host": first, "port": 5432}, "2": {"host": second, "port": 5432}}
    # Who connects is told where they are, and whoever starts it may read that.
    for container in json.loads(named(graph, "task-collection-definition").inputs["containerDefinitions"]):
        told = {one["name"]: one["valueFrom"] for one in container.get("secrets", ())}
        assert told["POSTGRES_SHARDS"] == parameter.outputs["arn"]
    rights = json.loads(named(graph, "task-collection-starter-rights").inputs["policy"])["Statement"]
    (facts,) = [one["Resource"] for one in rights if one["Sid"] == "ReadFactsPostgres"]
    assert [one for one in facts if one.endswith(":parameter/plinth/dev/database/postgres/shards")]
    without = json.loads(named(graphs()["dev"], "task-collection-definition").inputs["containerDefinitions"])
    assert "POSTGRES_SHARDS" not in {one["name"] for container in without for one in container.get("secrets", ())}


@pytest.mark.requirement("DAT-33")
@EVERY_STACK
def test_every_database_records_who_enters_and_lets_people_in_by_identity(stack: str) -> None:
    for one in instances(graphs()[stack]):
        assert one.inputs["publiclyAccessible"] is False
        assert one.inputs["enabledCloudwatchLogsExports"]
        assert one.inputs["iamDatabaseAuthenticationEnabled"] is True


@pytest.mark.requirement("DAT-06", part="what is retained in prod, and can go in dev")
def test_databases_stay_in_prod_and_go_in_dev() -> None:
    for stack in STACKS:
        kept = stack == "prod"
        for one in primaries(graphs()[stack]):
            assert (one.inputs["deletionProtection"], one.inputs["skipFinalSnapshot"]) == (kept, not kept)
            assert ("finalSnapshotIdentifier" in one.inputs, one.options.protect) == (kept, kept)
            assert one.inputs["tags"]["backup"] == "daily"


# What a change does


SIZES: Mapping[str, tuple[str, object]] = {
    "instanceClass": ("instanceClass", "db.t3.medium"),
    "backupDays": ("backupRetentionPeriod", 5),
    "maxStorageGb": ("maxAllocatedStorage", 80),
    "multiZone": ("multiAz", True),
    "maintenanceWindow": ("maintenanceWindow", "sat:05:00-sat:06:00"),
}
"""By the key of the stack file: the property, and another value."""


def test_other_sizes_are_updates(tmp_path: Path) -> None:
    after = planned(tmp_path, "dev", {("plinth:data", "postgres", key): value for key, (_, value) in SIZES.items()})
    found = changes(graphs()["dev"], after, table())
    (change,) = [one for one in found.changes if one.resource.name == "postgres-primary"]
    assert change.kind is Kind.UPDATE
    assert {str(one.path[0]): one.after for one in change.properties} == dict(SIZES.values())
    assert not [name for name in kinds(found) if name.startswith("mysql")]


def test_another_beginning_makes_a_database_anew(tmp_path: Path) -> None:
    after = planned(tmp_path, "dev", {("plinth:data", "postgres", "restoreFrom"): "before-friday"})
    assert kinds(changes(graphs()["dev"], after, table()))["postgres-primary"] is Kind.REPLACE


def test_one_replica_more_is_made_and_nothing_else(tmp_path: Path) -> None:
    before = graphs()["dev"]
    after = planned(tmp_path, "dev", {("plinth:data", "postgres", "replicas"): 1})
    made = dict.fromkeys(("postgres-replica-1", "postgres-replica-1-postgresql", "postgres-replica-1-upgrade"), Kind.CREATE)
    assert kinds(changes(before, after, table())) == {**made, "database-events-subscription": Kind.UPDATE}  # tells of it too


def test_in_prod_replicas_can_be_taken_away_again(tmp_path: Path) -> None:
    before = graphs()["prod"]
    found = changes(before, planned(tmp_path, "prod", {("plinth:data", "postgres", "replicas"): 0}), table())
    gone = {"postgres-replica-1", "postgres-replica-1-postgresql", "postgres-replica-1-upgrade"}
    assert {name: kind for name, kind in kinds(found).items() if name in gone} == dict.fromkeys(gone, Kind.DELETE)
    assert [one.name for one in before.resources.values() if one.name in gone and one.options.protect] == []
    assert {kind for name, kind in kinds(found).items() if name not in gone} <= {Kind.UPDATE}


@pytest.mark.parametrize("key", ["engine", "dbName", "username", "kmsKeyId"])
def test_another_name_engine_owner_or_key_makes_a_database_anew(key: str) -> None:
    graph = graphs()["dev"]
    one = named(graph, "postgres-primary")
    other = replace(graph, resources={**graph.resources, one.urn: replace(one, inputs={**one.inputs, key: "other"})})
    assert kinds(changes(graph, other, table()))["postgres-primary"] is Kind.REPLACE


def test_another_subnet_group_is_made_anew_by_its_name() -> None:
    graph = graphs()["dev"]
    one = named(graph, "postgres-subnets")
    other = replace(graph, resources={**graph.resources, one.urn: replace(one, inputs={**one.inputs, "name": "other"})})
    assert kinds(changes(graph, other, table()))["postgres-subnets"] is Kind.REPLACE
