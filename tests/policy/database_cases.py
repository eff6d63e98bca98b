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


ONLY_BY_TAG = (TABLE, "aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")


def database(stack: str = "prod", **props: Any) -> Case:
    return [resource(INSTANCE, props, stack=stack)]


def replica(**props: Any) -> Case:
    return [resource(INSTANCE, props, references={"replicateSourceDb": FROM_A_BUCKET})]


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
        satisfied=[*(database(stack, publiclyAccessible=False) for stack in STACKS), database()],
        violated=[database(stack, publiclyAccessible=True) for stack in STACKS],
        undecided=[database(publiclyAccessible=UNKNOWN)],
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
        ],
        violated=[
            database(backupRetentionPeriod=6),
            database("staging", backupRetentionPeriod=6),
            database("dev", backupRetentionPeriod=2),
            database(),
        ],
        undecided=[database(backupRetentionPeriod=UNKNOWN)],
    ),
    "database-deletion-protected": switch(
        "deletionProtection", database("staging", deletionProtection=False), database("dev", deletionProtection=False)
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
            *([resource(token, {"tags": {"backup": "none"}})] for token in ONLY_BY_TAG),
            [resource(TABLE, {})],
        ],
        undecided=[database(backupRetentionPeriod=UNKNOWN), [resource(TABLE, {"tags": {"backup": UNKNOWN}})]],
    ),
}
