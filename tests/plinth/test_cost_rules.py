"""Each price rule against its case, and what takes more than one resource to price."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from plinth.cost.catalogue import RULES
from tests.plinth.cost_cases import CASES, Case
from tests.plinth.cost_stacks import charge, costs, expected, gaps, made, urn_of


def D(text: str) -> Decimal:  # noqa: N802 (stands before every figure)
    """A sum of products in decimals: `730 * 0.045 + 100 * 0.045`."""
    total = Decimal(0)
    for term in text.split("+"):
        product = Decimal(1)
        for factor in term.split("*"):
            product *= Decimal(factor.strip())
        total += product
    return total


_ELSEWHERE = {
    "aws:accessanalyzer/analyzer:Analyzer",
    "aws:autoscaling/group:Group",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws:ecs/service:Service",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/proxy:Proxy",
}
"""Types whose cases need more than one resource, or cost nothing alone: in the tests below and in those of what saves."""


@pytest.mark.requirement("DEL-19", part="the price table, summed over the graph: each rule by hand")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_resource_costs_what_the_arithmetic_says(case: Case) -> None:
    report = costs(made(case.token, **case.inputs), usage=case.usage)
    assert gaps(report) == []
    assert expected(report) == D(case.usd)


def test_every_rule_has_a_case() -> None:
    assert {case.token for case in CASES.values()} | _ELSEWHERE == set(RULES)
    assert not {case.token for case in CASES.values()} & _ELSEWHERE


def test_a_charge_says_how_it_comes_about_and_where_its_price_is_from() -> None:
    report = costs(made("aws:ec2/natGateway:NatGateway"), usage={"natGb": 100})
    hours, data = report.charges
    assert (hours.working, hours.unit, hours.kind, hours.usage) == ("730 h x $0.045", "hour", "fixed", "")
    assert (data.working, data.unit, data.kind, data.usage) == ("100 x $0.045", "GB", "usage", "natGb")
    assert [price.as_of for price in hours.prices] == ["2026-09-03"]
    assert "Price List" in hours.prices[0].source


def test_a_database_proxy_costs_by_the_vcpus_of_its_targets() -> None:
    database, proxy = urn_of("aws:rds/instance:Instance", "db"), urn_of("aws:rds/proxy:Proxy", "proxy")
    report = costs(
        made("aws:rds/instance:Instance", "db", engine="mysql", instanceClass="db.r5.xlarge", allocatedStorage=20),
        made("aws:rds/proxy:Proxy", "proxy"),
        made("aws:rds/proxyTarget:ProxyTarget", "target", {"dbProxyName": (proxy,), "dbInstanceIdentifier": (database,)}),
    )
    assert charge(report, "proxy vCPU-hours").cost.expected == D("730 * 4 * 0.015")


def test_a_read_replica_has_the_engine_and_the_size_of_its_source() -> None:
    source = urn_of("aws:rds/instance:Instance", "db")
    report = costs(
        made(
            "aws:rds/instance:Instance",
            "db",
            engine="postgres",
            instanceClass="db.t4g.micro",
            allocatedStorage=20,
            storageType="gp3",
        ),
        made(
            "aws:rds/instance:Instance",
            "replica",
            {"replicateSourceDb": (source,)},
            instanceClass="db.t4g.micro",
            storageType="gp3",
        ),
    )
    assert expected(report) == D("2 * 730 * 0.016 + 2 * 20 * 0.115")


def test_serverless_aurora_costs_between_its_least_and_its_most_capacity() -> None:
    cluster = urn_of("aws:rds/cluster:Cluster", "db")
    scaling = {"minCapacity": 0.5, "maxCapacity": 4}
    report = costs(
        made("aws:rds/cluster:Cluster", "db", engine="aurora-postgresql", serverlessv2ScalingConfiguration=scaling),
        made("aws:rds/clusterInstance:ClusterInstance", "one", {"clusterIdentifier": (cluster,)}, instanceClass="db.serverless"),
    )
    cost = charge(report, "capacity unit hours").cost
    assert (cost.low, cost.expected, cost.high) == (D("730 * 0.5 * 0.12"), D("730 * 2.25 * 0.12"), D("730 * 4 * 0.12"))


@pytest.mark.parametrize(
    ("token", "inputs", "reason"),
    [
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {}, "gateway endpoints are not charged"),
        ("aws:accessanalyzer/analyzer:Analyzer", {"type": "ACCOUNT"}, "external access is analysed for nothing"),
        ("aws:ec2/launchTemplate:LaunchTemplate", {}, "a description"),
        ("aws:ecs/cluster:Cluster", {}, "a cluster on its own"),
        ("aws:ecs/service:Service", {"launchType": "EC2"}, "run on instances"),
        ("aws:elasticache/cluster:Cluster", {"replicationGroupId": "x"}, "counted in its replication group"),
        ("aws:ec2/eip:Eip", {"publicIpv4Pool": "ipv4pool-ec2-1"}, "one's own pool"),
        ("aws:efs/backupPolicy:BackupPolicy", {"backupPolicy": {"status": "DISABLED"}}, "nothing is backed up"),
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"rules": [{"expiration": {"days": 3}}]},
            "it only deletes",
        ),
    ],
)
def test_what_can_cost_and_does_not_is_free_with_its_reason(token: str, inputs: Mapping[str, Any], reason: str) -> None:
    report = costs(made(token, **inputs))
    (count, said), *others = report.free.values()
    assert (count, others, list(report.charges)) == (1, [], [])
    assert reason in said


def search(**more: int) -> dict[str, Any]:
    """A search domain with a gp3 volume a node."""
    volumes = {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 100, **more}
    return {"clusterConfig": {"instanceType": "t3.small.search"}, "ebsOptions": volumes}


WITHOUT_PRICE: list[tuple[str, dict[str, Any], str]] = [
    (
        "aws:rds/instance:Instance",
        {"engine": "oracle-ee", "instanceClass": "db.m5.large", "allocatedStorage": 9},
        "no price for rds",
    ),
    ("aws:rds/cluster:Cluster", {"engine": "mysql"}, "no price for clusters other than Aurora"),
    ("aws:ec2/instance:Instance", {"instanceType": "p5.48xlarge"}, "no price for ec2 instance:p5.48xlarge"),
    ("aws:ec2/instance:Instance", {"instanceType": "t3.micro", "tenancy": "host"}, "tenancy"),
    ("aws:ebs/volume:Volume", {"type": "io2", "size": 10, "iops": 5}, "the IOPS of io2"),
    ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "gateway"}, "type gateway"),
    ("aws:kinesis/stream:Stream", {"streamModeDetails": {"streamMode": "ON_DEMAND"}}, "on-demand streams"),
    ("aws:cloudwatch/logGroup:LogGroup", {}, "retentionInDays is not given"),
    ("aws:ssm/parameter:Parameter", {"tier": "Intelligent-Tiering"}, "decides by itself"),
    ("aws:ecs/service:Service", {"launchType": "FARGATE"}, "task definition is not in the plan"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface"}, "subnetIds is not given"),
    ("aws:accessanalyzer/analyzer:Analyzer", {"type": "ACCOUNT_UNUSED_ACCESS"}, "type ACCOUNT_UNUSED_ACCESS"),
    ("aws:dynamodb/table:Table", {"billingMode": "PAY_PER_REQUEST", "replicas": [{}]}, "replicas"),
    ("aws:apigatewayv2/api:Api", {"protocolType": "WEBSOCKET"}, "WebSocket"),
    ("aws:apigateway/restApi:RestApi", {}, "REST APIs"),
    ("aws:eks/cluster:Cluster", {"computeConfig": {"enabled": True}}, "nodes of Auto Mode have no price"),
    ("aws:rds/cluster:Cluster", {"engine": "aurora-mysql", "engineMode": "serverless"}, "Aurora Serverless v1 has no price"),
    (
        "aws:rds/instance:Instance",
        {
            "engine": "postgres",
            "instanceClass": "db.t3.micro",
            "allocatedStorage": 500,
            "storageType": "gp3",
            "storageThroughput": 1000,
        },
        "storageThroughput: throughput beyond what gp3 includes",
    ),
    ("aws:opensearch/domain:Domain", search(iops=16000), "ebsOptions.iops: what is provisioned beyond 3,000"),
    ("aws:opensearch/domain:Domain", search(iops=3000, throughput=250), "ebsOptions.throughput: what is provisioned beyond 125"),
    (
        "aws:dynamodb/table:Table",
        {"billingMode": "PAY_PER_REQUEST", "tableClass": "STANDARD_INFREQUENT_ACCESS"},
        "of the class STANDARD_INFREQUENT_ACCESS",
    ),
    (
        "aws:dynamodb/table:Table",
        {"billingMode": "PAY_PER_REQUEST", "pointInTimeRecovery": {"enabled": True}},
        "continuous backups have no price",
    ),
    ("aws:ecs/service:Service", {"desiredCount": 3}, "its cluster in the plan"),
    ("aws:efs/fileSystem:FileSystem", {"availabilityZoneName": "us-east-1a"}, "storage in one zone has no price"),
    ("aws:efs/fileSystem:FileSystem", {"throughputMode": "provisioned"}, "provisioned throughput has no price"),
    ("aws:efs/fileSystem:FileSystem", {"lifecyclePolicies": [{"transitionToArchive": "AFTER_90_DAYS"}]}, "archived storage"),
    ("aws:efs/backupPolicy:BackupPolicy", {}, "backupPolicy is not given"),
    ("aws:groundstation/config:Config", {}, "the type is not known here"),
]


@pytest.mark.parametrize(("token", "inputs", "reason"), WITHOUT_PRICE)
def test_what_has_no_price_is_listed_with_the_reason(token: str, inputs: Mapping[str, Any], reason: str) -> None:
    report = costs(made(token, **inputs))
    (gap,) = gaps(report)
    assert reason in gap
    assert report.coverage_percent == 0


def test_what_is_known_of_a_resource_counts_even_where_the_rest_is_not() -> None:
    report = costs(
        made("aws:ec2/instance:Instance", instanceType="t3.micro", ebsBlockDevices=[{"volumeType": "io2", "volumeSize": 8}])
    )
    assert charge(report, "t3.micro hours").cost.expected == D("730 * 0.0104")
    assert gaps(report) == ["the IOPS of io2 volumes have no price"]
    assert report.coverage_percent == 0
