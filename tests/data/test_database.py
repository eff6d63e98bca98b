"""A database: private, encrypted, backed up; its replicas and shards; what is told of it."""

import json
from typing import Any

import pytest

from components.core.offers import Signal
from components.data.database import Database, DatabaseArgs, Master, shard_map, zone_beside
from plinth.engine.graph import Graph, Resource
from tests.harness import named, of_kind, recorded

SUBNETS = {f"us-east-1{letter}": f"subnet-{letter}" for letter in "abc"}
SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:postgres-x"  # noqa: S105 (an ARN)


def args(**changed: Any) -> DatabaseArgs:
    given: dict[str, Any] = {
        "engine": "postgres",
        "version": "15",
        "instance_class": "db.t3.micro",
        "storage_gb": 20,
        "max_storage_gb": 50,
        "multi_zone": False,
        "replicas": 0,
        "shards": 1,
        "backup_days": 3,
        "backup_window": "03:00-04:00",
        "maintenance_window": "sun:05:00-sun:06:00",
        "monitoring_seconds": 0,
        "insights": False,
        "log_retention_days": 7,
        "apply_now": True,
        "database": "plinth",
        "subnet_ids": SUBNETS,
        "group_id": "sg-1",
        "key_arn": "arn:aws:kms:data",
        "logs_key_arn": "arn:aws:kms:logs",
        "facts_key_arn": "arn:aws:kms:secrets",
        "master": Master(username="plinth", password="hidden", secret_arn=SECRET),  # noqa: S106
    }
    return DatabaseArgs(**given | changed)


def database(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Database(changed.get("engine", "postgres"), args(**changed), ctx), retain=retain)


def primary(graph: Graph) -> Resource:
    return named(graph, "postgres-primary")


def test_it_is_private_encrypted_and_backed_up() -> None:
    graph = database()
    inputs = primary(graph).inputs
    assert (inputs["identifier"], inputs["engine"], inputs["engineVersion"]) == (
        "plinth-test-postgres-database",
        "postgres",
        "15",
    )
    assert (inputs["publiclyAccessible"], inputs["vpcSecurityGroupIds"]) == (False, ["sg-1"])
    assert (inputs["storageEncrypted"], inputs["kmsKeyId"], inputs["storageType"]) == (True, "arn:aws:kms:data", "gp3")
    assert (inputs["allocatedStorage"], inputs["maxAllocatedStorage"]) == (20, 50)
    assert (inputs["backupRetentionPeriod"], inputs["backupWindow"], inputs["copyTagsToSnapshot"]) == (3, "03:00-04:00", True)
    assert inputs["iamDatabaseAuthenticationEnabled"] is True
    assert inputs["caCertIdentifier"] == "rds-ca-rsa2048-g1"
    assert inputs["tags"]["backup"] == "daily"
    assert named(graph, "postgres-subnets").inputs["subnetIds"] == list(SUBNETS.values())
    assert inputs["dbSubnetGroupName"] == named(graph, "postgres-subnets").outputs["name"]
    assert (inputs["dbName"], inputs["username"], inputs["availabilityZone"]) == ("plinth", "plinth", "us-east-1a")


def test_its_password_is_never_seen() -> None:
    assert "hidden" not in str(primary(database()).inputs["password"])


def test_each_engine_has_groups_of_its_own_that_force_tls() -> None:
    postgres, mysql = database(), database(engine="mysql", version="8.4")
    parameters = {one["name"]: one["value"] for one in named(postgres, "postgres-parameters").inputs["parameters"]}
    assert (named(postgres, "postgres-parameters").inputs["family"], parameters["rds.force_ssl"]) == ("postgres15", "1")
    assert of_kind(postgres, "OptionGroup") == []
    parameters = {one["name"]: one["value"] for one in named(mysql, "mysql-parameters").inputs["parameters"]}
    assert (named(mysql, "mysql-parameters").inputs["family"], parameters["require_secure_transport"]) == ("mysql8.4", "1")
    options = named(mysql, "mysql-options")
    assert [one["optionName"] for one in options.inputs["options"]] == ["MARIADB_AUDIT_PLUGIN"]
    assert named(mysql, "mysql-primary").inputs["optionGroupName"] == options.outputs["name"]


def test_its_logs_go_to_groups_that_are_there_before_it() -> None:
    graph = database(log_retention_days=30)
    assert primary(graph).inputs["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    group = named(graph, "postgres-primary-postgresql")
    assert group.inputs["name"] == "/aws/rds/instance/plinth-test-postgres-database/postgresql"
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (30, "arn:aws:kms:logs")
    assert group.urn in primary(graph).dependencies


def test_where_data_is_retained_it_cannot_go_and_leaves_a_snapshot() -> None:
    kept, gone = primary(database(retain=True)), primary(database())
    assert (kept.inputs["deletionProtection"], kept.inputs["skipFinalSnapshot"]) == (True, False)
    assert kept.inputs["finalSnapshotIdentifier"] == "plinth-test-postgres-database-last"
    assert kept.inputs["deleteAutomatedBackups"] is False
    assert (kept.options.protect, kept.options.retain_on_delete) == (True, True)
    assert (gone.inputs["deletionProtection"], gone.inputs["skipFinalSnapshot"]) == (False, True)
    assert "finalSnapshotIdentifier" not in gone.inputs
    assert (gone.options.protect, gone.options.retain_on_delete) == (False, False)


def test_where_data_is_retained_replicas_and_their_logs_come_and_go() -> None:
    graph = database(retain=True, replicas=1, shards=2)
    for name in ("postgres-replica-1", "postgres-replica-1-shard-2"):
        inputs = named(graph, name).inputs
        assert (inputs["deletionProtection"], inputs["skipFinalSnapshot"]) == (False, True)
        for one in (name, f"{name}-postgresql", f"{name}-upgrade"):
            assert (named(graph, one).options.protect, named(graph, one).options.retain_on_delete) == (False, False)
    assert primary(graph).inputs["deletionProtection"] is True
    assert named(graph, "postgres-primary-postgresql").options.protect is True


def test_where_data_is_retained_the_options_that_snapshots_refer_to_stay() -> None:
    kept, gone = (named(database(engine="mysql", version="8.4", retain=retain), "mysql-options") for retain in (True, False))
    assert (kept.inputs["skipDestroy"], gone.inputs["skipDestroy"]) == (True, False)


def test_in_two_zones_rds_chooses_them() -> None:
    inputs = primary(database(multi_zone=True)).inputs
    assert inputs["multiAz"] is True
    assert "availabilityZone" not in inputs


def test_the_zone_in_which_it_stands_is_never_a_reason_to_make_it_anew() -> None:
    assert primary(database()).options.ignore_changes == ("availabilityZone",)


@pytest.mark.requirement("DAT-08", part="another zone than that in which the primary happens to be")
@pytest.mark.parametrize("taken", SUBNETS)
def test_a_replica_is_in_another_zone_than_its_source_whichever_that_is(taken: str) -> None:
    zones = [zone_beside(taken, tuple(SUBNETS), number) for number in (1, 2, 3)]
    assert taken not in zones
    assert (len({*zones}), zones[0]) == (2, zones[2])


def test_the_zone_of_a_replica_follows_from_its_source_and_is_no_reason_to_make_it_anew() -> None:
    graph = database(multi_zone=True, replicas=1)
    replica = named(graph, "postgres-replica-1")
    assert set(replica.property_dependencies["availabilityZone"]) == {primary(graph).urn}
    assert replica.options.ignore_changes == ("availabilityZone",)


def test_replicas_stand_in_other_zones_than_the_first() -> None:
    graph = database(replicas=2)
    found = [named(graph, f"postgres-replica-{number}") for number in (1, 2)]
    assert [one.inputs["availabilityZone"] for one in found] == ["us-east-1c", "us-east-1b"]
    for one in found:
        assert one.inputs["replicateSourceDb"] == primary(graph).outputs["identifier"]
        assert one.inputs["parameterGroupName"] == named(graph, "postgres-parameters").outputs["name"]
        assert {"password", "username", "engine", "kmsKeyId"}.isdisjoint(one.inputs)


def test_monitoring_and_insights_are_there_where_asked() -> None:
    graph = database(monitoring_seconds=60, insights=True)
    inputs = primary(graph).inputs
    assert (inputs["monitoringInterval"], inputs["monitoringRoleArn"]) == (
        60,
        named(graph, "postgres-monitoring-role").outputs["arn"],
    )
    assert (inputs["performanceInsightsEnabled"], inputs["performanceInsightsRetentionPeriod"]) == (True, 7)
    trust = json.loads(named(graph, "postgres-monitoring-role").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": ["monitoring.rds.amazonaws.com"]}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:rds:us-east-1:111111111111:db:plinth-test-*"}
    without = database()
    assert of_kind(without, "Role") == []
    assert (primary(without).inputs["monitoringInterval"], primary(without).inputs["performanceInsightsEnabled"]) == (0, False)


def test_from_a_snapshot_it_takes_name_and_owner_of_that() -> None:
    inputs = primary(database(restore_from="before-friday")).inputs
    assert inputs["snapshotIdentifier"] == "before-friday"
    assert {"dbName", "username"}.isdisjoint(inputs)


@pytest.mark.requirement("DAT-32", part="PostgreSQL: two primaries and a map of them")
def test_shards_are_primaries_with_a_map_and_the_first_keeps_its_name() -> None:
    one, two = database(replicas=1), database(replicas=1, shards=2)
    names = {resource.name for resource in of_kind(two, "Instance")}
    assert names == {"postgres-primary", "postgres-primary-shard-2", "postgres-replica-1", "postgres-replica-1-shard-2"}
    assert {resource.name for resource in of_kind(one, "Instance")} < names
    first, second = primary(two), named(two, "postgres-primary-shard-2")
    (component,) = two.of_type(Database.TYPE)
    hosts = component.outputs["shard_hosts"]
    assert hosts == {"1": first.outputs["address"], "2": second.outputs["address"]}
    assert set(named(two, "postgres-fact-shards").property_dependencies["value"]) >= {first.urn, second.urn}
    assert json.loads(shard_map(hosts, 5432)) == {shard: {"host": host, "port": 5432} for shard, host in hosts.items()}
    assert second.inputs["identifier"] == "plinth-test-postgres-database-shard-2"
    assert component.outputs["replica_ids"].keys() == {"1-1", "2-1"}


@pytest.mark.requirement("DAT-12", part="a parameter for each fact, the reference to the secret encrypted")
def test_facts_are_parameters_and_the_password_stands_in_none() -> None:
    graph = database()
    facts = {resource.inputs["name"]: resource.inputs for resource in of_kind(graph, "Parameter")}
    path = "/plinth/test/database/postgres"
    assert facts.keys() == {f"{path}/{fact}" for fact in ("host", "port", "name", "user", "shards", "secret")}
    assert {inputs["type"] for name, inputs in facts.items() if name != f"{path}/secret"} == {"String"}
    assert (facts[f"{path}/secret"]["type"], facts[f"{path}/secret"]["keyId"]) == ("SecureString", "arn:aws:kms:secrets")
    assert "hidden" not in str(facts)


@pytest.mark.requirement("OBS-22", part="the signal of each instance; alarms and the dashboard come with observability")
def test_what_to_watch_depends_on_what_it_is() -> None:
    made: list[Database] = []
    recorded(lambda ctx: made.append(Database("postgres", args(replicas=1), ctx)))
    signals: dict[str, Signal] = {signal.key: signal for signal in made[0].signals}
    about = {"cpu", "storage", "connections", "read-latency", "credits"}
    assert signals.keys() == {
        *(f"postgres-primary-{each}" for each in about),
        *(f"postgres-replica-1-{each}" for each in {*about, "lag"}),
    }
    for key in ("postgres-primary", "postgres-replica-1"):
        latency = signals[f"{key}-read-latency"]
        assert (latency.namespace, latency.metric, latency.statistic) == ("AWS/RDS", "ReadLatency", "Average")
        assert (latency.over, latency.threshold) == (True, 0.005)
    assert signals["postgres-primary-storage"].threshold == pytest.approx(2 * 1024**3)
    assert signals["postgres-primary-storage"].over is False


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"version": "9.6"}, r"version: 9.6 of PostgreSQL is not known; one of 14"),
        ({"version": "15.4"}, r"version: 15.4 of PostgreSQL is not known; one of 14"),
        ({"storage_gb": 19}, r"storage_gb: 19 is not possible; at least 20"),
        ({"storage_gb": 48}, r"max_storage_gb: 50 is not possible; at least 53, a tenth above storage_gb"),
        ({"shards": 2, "restore_from": "before-friday"}, r"restore_from: before-friday is what one shard held"),
        ({"replicas": 16}, r"replicas: 16 are not possible; 0 to 15"),
        ({"shards": 0}, r"shards: 0 are not possible"),
        ({"backup_days": 0}, r"backup_days: 0 are not possible; 1 to 35"),
        ({"monitoring_seconds": 7}, r"monitoring_seconds: 7 is not possible; one of 0, 1, 5"),
        ({"engine": "mysql", "version": "8.4", "insights": True}, r"insights: db.t3.micro has none on MySQL"),
        ({"subnet_ids": {"us-east-1a": "subnet-a"}}, r"subnet_ids: 1 given; in at least two zones"),
        ({"maintenance_window": "sun:03:30-sun:04:30"}, r"maintenance_window: .* overlaps the backup window"),
        ({"log_retention_days": 8}, r"retention_days: 8 is not possible"),
    ],
)
def test_bad_arguments_are_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"DatabaseArgs: .*" + problem):
        args(**changed)
