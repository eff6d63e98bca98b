"""Cases of the rules on databases."""

from collections.abc import Mapping
from typing import Any

from tests.harness import STACKS
from tests.policy.builders import FROM_A_BUCKET, TABLE, UNKNOWN, Case, Cases, resource

INSTANCE, PARAMETERS, PROXY = (
    "aws:rds/instance:Instance",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/proxy:Proxy",
)


CLUSTER, MEMBER = "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"
ONLY_BY_TAG = (TABLE, "aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")


def database(stack: str = "prod", **props: Any) -> Case:
    return [resource(INSTANCE, props, stack=stack)]


def replica(**props: Any) -> Case:
    return [resource(INSTANCE, props, references={"replicateSourceDb": FROM_A_BUCKET})]


def cluster(stack: str = "prod", **props: Any) -> Case:
    return [resource(CLUSTER, props, stack=stack)]


def copied_cluster(**props: Any) -> Case:
    return [resource(CLUSTER, {"replicationSourceIdentifier": "arn:aws:rds:us-east-1:111111111111:cluster:one", **props})]


def member(**props: Any) -> Case:
    return [resource(MEMBER, props)]


def cache(**props: Any) -> Case:
    return [resource("aws:elasticache/replicationGroup:ReplicationGroup", props)]


def switch(key: str, *more: Case) -> Cases:
    def of(value: Any) -> Case:
        return [resource(INSTANCE, {key: value})]

    return Cases(satisfied=[of(True), *more], violated=[of(False), database()], undecided=[of(UNKNOWN)])


def parameters(family: Any, name: str = "", value: Any = "1") -> Case:
    given = [{"name": name, "value": value}] if name else []
    return [resource(PARAMETERS, {"family": family, "parameters": given})]


CASES: Mapping[str, Cases] = {
    "database-not-public": Cases(
        satisfied=[
            *(database(stack, publiclyAccessible=False) for stack in STACKS),
            database(),
            member(publiclyAccessible=False),
        ],
        violated=[*(database(stack, publiclyAccessible=True) for stack in STACKS), member(publiclyAccessible=True)],
        undecided=[database(publiclyAccessible=UNKNOWN), member(publiclyAccessible=UNKNOWN)],
    ),
    "database-encrypted": switch("storageEncrypted"),
    "database-in-two-zones": Cases(
        satisfied=[*(database(stack, multiAz=True) for stack in STACKS), replica(multiAz=False), database("dev", multiAz=False)],
        violated=[*(database(stack, multiAz=False) for stack in ("staging", "prod")), database()],
        undecided=[database(multiAz=UNKNOWN)],
    ),
    "database-backed-up": Cases(
        satisfied=[
            database(backupRetentionPeriod=7),
            database("staging", backupRetentionPeriod=7),
            database("dev", backupRetentionPeriod=3),
            replica(),
            cluster(backupRetentionPeriod=7),
            copied_cluster(),
        ],
        violated=[
            cluster(backupRetentionPeriod=6),
            cluster(),
            database(backupRetentionPeriod=6),
            database("staging", backupRetentionPeriod=6),
            database("dev", backupRetentionPeriod=2),
            database(),
        ],
        undecided=[database(backupRetentionPeriod=UNKNOWN), cluster(backupRetentionPeriod=UNKNOWN)],
    ),
    "database-deletion-protected": Cases(
        satisfied=[
            database(deletionProtection=True),
            cluster(deletionProtection=True),
            *(database(stack, deletionProtection=False) for stack in ("staging", "dev")),
            cluster("dev", deletionProtection=False),
            replica(deletionProtection=False),
            copied_cluster(deletionProtection=False),
        ],
        violated=[database(deletionProtection=False), database(), cluster(deletionProtection=False), cluster()],
        undecided=[database(deletionProtection=UNKNOWN), cluster(deletionProtection=UNKNOWN)],
    ),
    "database-login-by-identity": switch("iamDatabaseAuthenticationEnabled"),
    "database-tls-forced": Cases(
        satisfied=[
            parameters("postgres15", "rds.force_ssl"),
            parameters("mysql8.4", "require_secure_transport", "ON"),
            parameters("oracle-ee-19"),
        ],
        violated=[
            parameters("postgres15"),
            parameters("postgres15", "rds.force_ssl", "0"),
            parameters("mysql8.4", "rds.force_ssl"),
        ],
        undecided=[
            parameters(UNKNOWN),
            parameters("postgres15", "rds.force_ssl", UNKNOWN),
            [resource(PARAMETERS, {"family": "postgres15", "parameters": UNKNOWN})],
        ],
    ),
    "database-proxy-tls-forced": Cases(
        satisfied=[[resource(PROXY, {"requireTls": True})]],
        violated=[[resource(PROXY, {"requireTls": False})], [resource(PROXY, {})]],
        undecided=[[resource(PROXY, {"requireTls": UNKNOWN})]],
    ),
    "stateful-backed-up": Cases(
        satisfied=[
            database(backupRetentionPeriod=7),
            database(tags={"backup": "daily"}),
            cache(snapshotRetentionLimit=1),
            *([resource(token, {"tags": {"backup": "daily"}})] for token in ONLY_BY_TAG),
            replica(),
        ],
        violated=[
            database(backupRetentionPeriod=0, tags={"backup": "none"}),
            cache(snapshotRetentionLimit=0),
            cache(snapshotRetentionLimit=0, tags={"backup": "daily"}),
            cache(tags={"backup": UNKNOWN}),
            *([resource(token, {"tags": {"backup": "none"}})] for token in ONLY_BY_TAG),
            [resource(TABLE, {})],
        ],
        undecided=[database(backupRetentionPeriod=UNKNOWN), [resource(TABLE, {"tags": {"backup": UNKNOWN}})]],
    ),
}
