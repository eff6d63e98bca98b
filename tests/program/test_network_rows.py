"""The rows of the network beyond its subnets: who may connect to whom, what is recorded, how services of AWS are reached."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.core.naming import LIMITS
from plinth.engine.graph import Graph, Resource
from plinth.engine.recording import record
from tests.harness import STACKS, configs, graphs, named, of_kind, project_copy
from tests.program.switched import ADOPTED, ONE_QUICKLY, VPN, planned, turned_on

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()
MACHINES = "arn:aws:iam::000000000000:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
"""Who starts machines, and so decrypts their disks."""
DAYS = {"dev": 7, "staging": 30, "prod": 90}


def with_vpn(folder: Path, stack: str) -> Graph:
    return planned(folder, stack, turned_on(VPN))


def group_names(graph: Graph) -> dict[str, str]:
    """The name of each security group by its id."""
    return {group.outputs["id"]: group.name.removeprefix("firewall-") for group in of_kind(graph, "SecurityGroup")}


def admitted(graph: Graph) -> set[tuple[str, str, int]]:
    """Who is admitted to whom on which port, by the rules between groups."""
    names = group_names(graph)
    return {
        (names[rule["referencedSecurityGroupId"]], names[rule["securityGroupId"]], rule["fromPort"])
        for rule in (resource.inputs for resource in of_kind(graph, "SecurityGroupIngressRule"))
        if "referencedSecurityGroupId" in rule
    }


def behind(graph: Graph) -> set[tuple[str, str, int]]:
    """The same without what load balancers and services admit, and what load balancers connect to."""
    return {row for row in admitted(graph) if "load-balancer-" not in row[0] + row[1] and not row[1].startswith("service-")}


def texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:  # pyright: ignore[reportUnknownVariableType]
            yield from texts(inner)


def interfaces(graph: Graph) -> list[Resource]:
    return [endpoint for endpoint in of_kind(graph, "VpcEndpoint") if endpoint.inputs["vpcEndpointType"] == "Interface"]


PORTS = {"postgres": 5432, "mysql": 3306, "redis": 6379, "broker": 6379}
USERS = ("booking", "booking-worker", "collection", "bot-api")
"""Who connects to PostgreSQL."""
POOLED = ("booking", "booking-worker")
"""Those of them that pool connections themselves, and so have no use for the proxy."""
QUEUING = (*POOLED, "bot-api")
"""Those of them that run Django, which knows the broker."""
CALLERS = ("ecs", "eks", *(f"service-{name}" for name in ("websocket", "bot-api", "bot-runner", "resize")))
TO_ENDPOINTS = {(name, "endpoints", 443) for name in CALLERS}


def stores(stack: str) -> dict[str, int]:
    """The stores of a stack with their ports: in dev the cache is the broker as well."""
    return {name: port for name, port in PORTS.items() if stack != "dev" or name != "broker"}


def to_stores(stack: str) -> set[tuple[str, str, int]]:
    """Who connects to which store, or to the proxy before it, by what the stack files say."""
    rows = {("eks", store, PORTS[store]) for store in ("postgres", "mysql", "redis")}
    rows |= {("logins", store, PORTS[store]) for store in ("postgres", "mysql")}
    rows |= {(f"service-{name}", "redis", 6379) for name in (*USERS, "catalogue", "websocket")}
    if stack == "dev":
        return rows | {(f"service-{name}", "postgres", 5432) for name in USERS}
    rows |= {(f"service-{name}", "postgres", 5432) for name in POOLED}
    rows |= {(f"service-{name}", "broker", 6379) for name in QUEUING}
    rows |= {(f"service-{name}", "postgres-proxy", 5432) for name in USERS if name not in POOLED}
    return rows | {("postgres-proxy", "postgres", 5432)}


# Who may connect to whom


@EVERY_STACK
@pytest.mark.requirement("NET-09", part="data stores and endpoints; the rest is in test_traffic_rows")
def test_data_stores_and_endpoints_admit_who_uses_them_and_nobody_else(stack: str) -> None:
    graph = graphs()[stack]
    assert behind(graph) == to_stores(stack) | TO_ENDPOINTS
    for rule in of_kind(graph, "SecurityGroupIngressRule"):
        if rule.inputs["fromPort"] in PORTS.values():
            assert "referencedSecurityGroupId" in rule.inputs


@ONE_QUICKLY
@pytest.mark.requirement("NET-10", part="endpoints and the VPN; the groups of other systems come with them")
def test_endpoints_and_the_vpn_have_groups_of_their_own(stack: str, tmp_path: Path) -> None:
    graph = with_vpn(tmp_path, stack)
    names = group_names(graph)
    from_vpn = {("vpn", store, port) for store, port in stores(stack).items()}
    assert behind(graph) == to_stores(stack) | TO_ENDPOINTS | from_vpn
    worn = {names[group] for endpoint in interfaces(graph) for group in endpoint.inputs["securityGroupIds"]}
    assert worn == {"endpoints"}
    assert [names[group] for group in named(graph, "vpn-endpoint").inputs["securityGroupIds"]] == ["vpn"]
    for rule in of_kind(graph, "SecurityGroupIngressRule"):
        assert rule.inputs["ipProtocol"] != "-1"


@EVERY_STACK
def test_every_admission_has_its_way_out_and_the_other_way_round(stack: str) -> None:
    graph = graphs()[stack]
    names = group_names(graph)
    out = {
        (names[rule["securityGroupId"]], names[rule["referencedSecurityGroupId"]], rule["fromPort"])
        for rule in (resource.inputs for resource in of_kind(graph, "SecurityGroupEgressRule"))
        if "referencedSecurityGroupId" in rule
    }
    assert out == admitted(graph)


@EVERY_STACK
@pytest.mark.requirement("NET-11")
def test_each_tier_has_a_network_acl_and_the_database_tier_admits_the_network_alone(stack: str) -> None:
    graph = graphs()[stack]
    lists = {acl.outputs["id"]: acl.name.removeprefix("access-lists-") for acl in of_kind(graph, "NetworkAcl")}
    tiers = {subnet.outputs["id"]: subnet.inputs["tags"]["tier"] for subnet in of_kind(graph, "Subnet")}
    links = {link.inputs["subnetId"]: lists[link.inputs["networkAclId"]] for link in of_kind(graph, "NetworkAclAssociation")}
    assert links == tiers
    assert len(of_kind(graph, "NetworkAclAssociation")) == 9
    assert sorted(lists.values()) == ["database", "private", "public"]
    rules = [(lists[rule.inputs["networkAclId"]], rule.inputs) for rule in of_kind(graph, "NetworkAclRule")]
    assert {rule["cidrBlock"] for tier, rule in rules if tier == "database"} == {str(CONFIGS[stack].networking.cidr)}
    back = [rule for tier, rule in rules if tier == "public" and rule["fromPort"] == 1024]
    assert {(rule["protocol"], rule["toPort"], rule["cidrBlock"]) for rule in back} == {
        ("tcp", 65535, "0.0.0.0/0"),
        ("udp", 65535, "0.0.0.0/0"),
    }


@EVERY_STACK
@pytest.mark.requirement("NET-23", part="groups, endpoint policies, no public address; policies inside the cluster come with it")
def test_nothing_is_trusted_for_its_address_and_nothing_has_a_public_one(stack: str) -> None:
    graph = graphs()[stack]
    cidr = str(CONFIGS[stack].networking.cidr)
    for rule in (*of_kind(graph, "SecurityGroupIngressRule"), *of_kind(graph, "SecurityGroupEgressRule")):
        assert cidr not in set(texts(rule.inputs)), rule.urn
    for endpoint in of_kind(graph, "VpcEndpoint"):
        for statement in json.loads(endpoint.inputs["policy"])["Statement"]:
            assert statement["Resource"] != ["*"] or statement["Condition"], endpoint.urn
            assert not any("*" in action for action in statement["Action"])
    for resource in graph.resources.values():
        for key in ("mapPublicIpOnLaunch", "associatePublicIpAddress", "assignPublicIp"):
            assert not resource.inputs.get(key), resource.urn


# What is recorded, and the key it is encrypted with


@EVERY_STACK
@pytest.mark.requirement("NET-12")
def test_all_traffic_is_recorded_by_a_role_that_writes_to_its_own_group_and_kept_in_the_bucket_of_logs(stack: str) -> None:
    graph = graphs()[stack]
    log, archive = named(graph, "flow-logs-all"), named(graph, "flow-logs-archive")
    assert [one.name for one in of_kind(graph, "FlowLog")] == [log.name, archive.name]
    assert (archive.inputs["trafficType"], archive.inputs["vpcId"]) == ("ALL", log.inputs["vpcId"])
    assert archive.inputs["logDestination"] == f"arn:aws:s3:::{named(graph, 'logs-all-bucket').inputs['bucket']}"
    assert (log.inputs["trafficType"], log.inputs["vpcId"]) == ("ALL", named(graph, "network-vpc").outputs["id"])
    group = named(graph, "flow-logs-records")
    assert log.inputs["logDestination"] == group.outputs["arn"]
    own = f"arn:aws:logs:us-east-1:000000000000:log-group:{group.inputs['name']}"
    statements = json.loads(named(graph, "flow-logs-writer-rights").inputs["policy"])["Statement"]
    assert [statement["Resource"] for statement in statements] == [[own, f"{own}:*"]]


RECORDED = {
    *("flow-logs", "vpn", "scaling-events", "logins", "cache-redis"),
    *("task-booking", "task-booking-worker", "task-collection", "task-catalogue"),
    *("fleet-bot-api", "fleet-bot-runner", "fleet-websocket"),
}
"""What has a log group in every stack; databases have one for each log of theirs."""
BY_STACK = {"dev": {"sessions"}, "staging": {"cache-broker", "task-graphql"}, "prod": {"cache-broker", "task-graphql"}}
DATABASE_LOGS = {"postgres": ("postgresql", "upgrade"), "mysql": ("audit", "error", "slowquery")}


@ONE_QUICKLY
@pytest.mark.requirement("OBS-01", part="the groups that exist; others come with what writes them")
def test_every_log_group_is_kept_for_a_stated_time_and_encrypted(stack: str, tmp_path: Path) -> None:
    graph = with_vpn(tmp_path, stack)
    groups = of_kind(graph, "LogGroup")
    wanted = {f"{name}-records" for name in RECORDED | BY_STACK[stack]}
    wanted |= {f"{engine}-primary-{log}" for engine, logs in DATABASE_LOGS.items() for log in logs}
    if stack == "prod":
        wanted |= {f"postgres-replica-1-{log}" for log in DATABASE_LOGS["postgres"]}
    if stack != "dev":
        wanted.add("postgres-proxy-records")
    assert {group.name for group in groups} == wanted
    for group in groups:
        days = 14 if stack == "staging" and group.name.startswith("cache-") else DAYS[stack]
        assert group.inputs["retentionInDays"] == days, group.name
        assert group.inputs["kmsKeyId"] == named(graph, "logs-encryption-key").outputs["arn"]


@EVERY_STACK
@pytest.mark.requirement(
    "SEC-12",
    part="renewed; `*` is a principal in the key of storage alone, held to the role of EC2 Auto Scaling (docs/decisions/0015)",
)
def test_keys_are_renewed_and_given_to_nobody_in_general(stack: str) -> None:
    graph = graphs()[stack]
    keys = graph.of_type("aws:kms/key:Key")
    purposes = ("logs", "data", "storage", "secrets", "backup", "config")
    assert [key.name for key in keys] == [f"{purpose}-encryption-key" for purpose in purposes]
    assert {key.inputs["enableKeyRotation"] for key in keys} == {True}
    (of_logs,) = [json.loads(key.inputs["policy"])["Statement"] for key in keys if key.name == "logs-encryption-key"]
    assert {"Service": ["logs.us-east-1.amazonaws.com"]} in [statement["Principal"] for statement in of_logs]
    for key in (*keys, *graph.of_type("aws:kms/replicaKey:ReplicaKey")):
        assert key.inputs["deletionWindowInDays"] == {"dev": 7, "staging": 14, "prod": 30}[stack]
        for statement in json.loads(key.inputs["policy"])["Statement"]:
            if any("*" in text for text in texts(statement["Principal"])):
                assert key.name.startswith("storage-encryption")
                # A role that AWS makes itself, perhaps later than the key: a principal has to exist, a condition has not.
                assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": MACHINES}
                assert statement["Condition"]["StringEquals"]["kms:CallerAccount"] == "000000000000"


# How services of AWS are reached


@EVERY_STACK
@pytest.mark.requirement("NET-13")
def test_endpoints_lead_to_the_services_that_the_stack_file_lists(stack: str) -> None:
    graph = graphs()[stack]
    found = {
        endpoint.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1.") for endpoint in of_kind(graph, "VpcEndpoint")
    }
    least = {"ecr.api", "ecr.dkr", "s3"} if stack == "dev" else {"ecr.api", "ecr.dkr", "ssm", "logs", "monitoring", "s3"}
    assert least <= found == set(CONFIGS[stack].networking.endpoints)
    private = {
        s.outputs["id"]: s.inputs["availabilityZone"] for s in of_kind(graph, "Subnet") if s.inputs["tags"]["tier"] == "private"
    }
    for endpoint in interfaces(graph):
        assert endpoint.inputs["privateDnsEnabled"] is True
        assert endpoint.inputs["securityGroupIds"] == [named(graph, "firewall-endpoints").outputs["id"]]
        zones = [private[subnet] for subnet in endpoint.inputs["subnetIds"]]
        assert zones == graph.outputs["network"]["workloadZones"]
        assert len(zones) == (1 if stack == "dev" else 3)


@EVERY_STACK
@pytest.mark.requirement("NET-08")
def test_gateway_endpoints_are_entered_into_the_tables_of_the_private_and_the_database_tier(stack: str) -> None:
    graph = graphs()[stack]
    tables = {table.outputs["id"]: table.name for table in of_kind(graph, "RouteTable")}
    gateways = [endpoint for endpoint in of_kind(graph, "VpcEndpoint") if endpoint.inputs["vpcEndpointType"] == "Gateway"]
    assert {gateway.name for gateway in gateways} == {"endpoints-s3", "endpoints-dynamodb"}
    for gateway in gateways:
        assert sorted(tables[table] for table in gateway.inputs["routeTableIds"]) == [
            "network-database-routes",
            *(f"network-private-{zone}-routes" for zone in "abc"),
        ]


def test_without_endpoints_there_is_neither_their_group_nor_a_rule_for_it(tmp_path: Path) -> None:
    graph = planned(tmp_path, "dev", {("plinth:networking", "endpoints"): []})
    assert behind(graph) == to_stores("dev")
    assert not [resource.urn for resource in graph.resources.values() if resource.name.startswith("endpoints")]


# A way in for developers


@pytest.mark.requirement("NET-24")
def test_the_vpn_is_off_and_logs_its_connections_where_it_is_on(tmp_path: Path) -> None:
    for stack in STACKS:
        assert not [resource for resource in graphs()[stack].resources.values() if "ec2clientvpn" in resource.type]
    graph = with_vpn(tmp_path, "dev")
    (endpoint,) = [resource for resource in graph.resources.values() if resource.type == "aws:ec2clientvpn/endpoint:Endpoint"]
    assert endpoint.inputs["connectionLogOptions"]["enabled"] is True
    associated = [link.inputs["subnetId"] for link in of_kind(graph, "NetworkAssociation")]
    assert associated == [named(graph, "network-private-a").outputs["id"]]


# Names, and invariants between the stacks


NAMED = {
    "aws:iam/role:Role": ("role", "name"),
    "aws:iam/instanceProfile:InstanceProfile": ("profile", "name"),
    "aws:cloudwatch/logGroup:LogGroup": ("log-group", "name"),
    "aws:kms/alias:Alias": ("alias", "name"),
    "aws:s3/bucket:Bucket": ("bucket", "bucket"),
    "aws:secretsmanager/secret:Secret": ("secret", "name"),
    "aws:rds/instance:Instance": ("database", "identifier"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("cache", "replicationGroupId"),
    "aws:sqs/queue:Queue": ("queue", "name"),
    "aws:sns/topic:Topic": ("topic", "name"),
    "aws:ecr/repository:Repository": ("repository", "name"),
    "aws:ecs/cluster:Cluster": ("container-cluster", "name"),
    "aws:ecs/taskDefinition:TaskDefinition": ("task-family", "family"),
    "aws:autoscaling/group:Group": ("fleet", "name"),
}
"""What is named explicitly: the kind of its limit, and where its name stands."""


def convention(name: str) -> str:
    """A name without what AWS itself puts before or after the part of it that is ours."""
    return re.sub(r"^(alias/|aws-waf-logs-|/aws/rds/(instance|proxy)/)", "", name).partition("/")[0]


@EVERY_STACK
@pytest.mark.requirement("BST-06", part="what is named explicitly so far")
def test_every_physical_name_follows_the_convention_within_its_limit(stack: str) -> None:
    for token, (kind, key) in NAMED.items():
        found = [resource.inputs[key] for resource in graphs()[stack].of_type(token)]
        assert found, token
        for name in found:
            assert re.fullmatch(rf"plinth-{stack}-[a-z0-9]+(-[a-z0-9]+)+", convention(name)), token
            assert len(convention(name)) <= LIMITS[kind]


@ONE_QUICKLY
def test_every_policy_document_can_be_read_before_anything_exists(stack: str, tmp_path: Path) -> None:
    graph = record(project_copy(tmp_path), stack, mode="unknowns")
    # The rules of what a registry keeps are called a policy as well, and are none: they say nothing of who may do what.
    aws = [r for r in graph.resources.values() if r.type.startswith("aws:") and not r.type.endswith(":LifecyclePolicy")]
    found = [r.inputs[key] for r in aws for key in ("policy", "assumeRolePolicy") if key in r.inputs]
    kinds = (
        "bucketPolicy:BucketPolicy",
        "fileSystemPolicy:FileSystemPolicy",
        "vpcEndpoint:VpcEndpoint",
        "groupPolicy:GroupPolicy",
        "queuePolicy:QueuePolicy",
        "repositoryPolicy:RepositoryPolicy",
        "role:Role",
        "rolePolicy:RolePolicy",
        "secretPolicy:SecretPolicy",
        "topicPolicy:TopicPolicy",
    )
    keys = (*graph.of_type("aws:kms/key:Key"), *graph.of_type("aws:kms/replicaKey:ReplicaKey"))
    holders = [r for r in aws if r.type.endswith(tuple(f"/{kind}" for kind in kinds))]
    assert len(found) == len(holders) + len(keys)
    # Doors to shared files have ARNs that nobody knows before they are there, and the policy names them.
    doors = [r.inputs["policy"] for r in aws if r.type.endswith("fileSystemPolicy:FileSystemPolicy")]
    assert len(doors) == (stack != "dev")
    for document in (document for document in found if document not in doors):
        assert json.loads(document)["Statement"]


@pytest.mark.requirement("DEL-13", part="invariants between the stacks")
def test_prod_records_protects_and_encloses_no_less_than_staging_nor_staging_than_dev() -> None:
    order = [CONFIGS[stack].networking for stack in ("dev", "staging", "prod")]
    for weaker, stronger in pairwise(order):
        assert set(stronger.endpoints) >= set(weaker.endpoints)
        assert stronger.flow_logs.retention_days >= weaker.flow_logs.retention_days
        assert stronger.flow_logs.enabled >= weaker.flow_logs.enabled
        assert stronger.access_lists.enabled >= weaker.access_lists.enabled


@EVERY_STACK
@pytest.mark.requirement("DEL-15", part="typed, versioned stack outputs")
def test_other_programs_find_the_route_tables_and_the_security_groups(stack: str) -> None:
    graph = graphs()[stack]
    network = graph.outputs["network"]
    ids = {table.name: table.outputs["id"] for table in of_kind(graph, "RouteTable")}
    assert network["privateRouteTableIds"] == {f"us-east-1{zone}": ids[f"network-private-{zone}-routes"] for zone in "abc"}
    assert network["databaseRouteTableIds"] == {"all": ids["network-database-routes"]}
    assert graph.outputs["securityGroupIds"] == {name: group for group, name in group_names(graph).items()}


# A network that exists already


@ONE_QUICKLY
def test_an_adopted_network_is_used_and_nothing_of_it_is_created(stack: str, tmp_path: Path) -> None:
    graph = planned(tmp_path, stack, turned_on(ADOPTED))
    mine = graphs()[stack]
    network = {resource.name for resource in mine.resources.values() if resource.name.split("-")[0] in ("network", "access")}
    assert {r.name for r in mine.resources.values()} - {r.name for r in graph.resources.values()} == network
    assert {group.inputs["vpcId"] for group in of_kind(graph, "SecurityGroup")} == {"vpc-0123456789abcdef0"}
    assert named(graph, "flow-logs-all").inputs["vpcId"] == "vpc-0123456789abcdef0"
    assert named(graph, "discovery-namespace").inputs["vpc"] == "vpc-0123456789abcdef0"
    assert named(graph, "endpoints-s3").inputs["routeTableIds"] == ["rtb-0123456789abcdef0"]
    count = CONFIGS[stack].networking.workload_zones
    assert named(graph, "endpoints-logs").inputs["subnetIds"] == [f"subnet-1123456789abcde{letter}0" for letter in "abc"[:count]]
    assert graph.outputs["network"]["vpcId"] == "vpc-0123456789abcdef0"
