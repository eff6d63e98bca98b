"""The whole program, for each of the three stacks of the repository."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.core.tagging import REQUIRED
from plinth.engine.graph import Graph, Resource, name_of
from plinth.engine.recording import record
from stack.config.document import ANY_NAME, ANY_NUMBER, KeyPath, read
from stack.config.reference import entries, find
from tests.harness import ROOT, STACKS, configs, deployable, graphs, named, of_kind
from tests.program.switched import ONE_QUICKLY, planned, turned_off
from tools import ledger

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
CONFIGS = configs()
HOLDING_DATA = (
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:efs/fileSystem:FileSystem",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "random:index/randomPassword:RandomPassword",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:sqs/queue:Queue",
    "aws:rds/instance:Instance",
    "aws:ecr/repository:Repository",
)
GUARDING_DATA = (
    "aws:efs/backupPolicy:BackupPolicy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
)
"""What is left behind with it, so that it is as closed as before."""
COME_AND_GO = tuple(f"{engine}-{what}" for engine in ("postgres", "mysql") for what in ("replica-", "proxy-records"))
"""What holds nothing of its own though its type does: a replica is a number in the stack file, a proxy a switch."""
COPIES: dict[str, dict[str, str]] = {
    "dev": {},
    "staging": {},
    "prod": {
        f"{what}-{place}": region
        for place, region, copied in (
            (
                "standby",
                "us-west-2",
                (
                    *("data-encryption", "storage-encryption", "secrets-encryption", "backup-encryption"),
                    *("bucket-media", "bucket-static", "bucket-frontend", "bucket-backups", "logs"),
                ),
            ),
            ("vault", "eu-west-1", ("backup-encryption", "bucket-backups", "logs")),
        )
        for what in copied
    },
}
"""What lives in another region than the home region, by how its name begins, with it."""
PREFIX = {"prod": "10.0", "staging": "10.1", "dev": "10.2"}


def tier(graph: Graph, name: str) -> list[Resource]:
    return [subnet for subnet in of_kind(graph, "Subnet") if subnet.inputs["tags"]["tier"] == name]


# Names and identity


@EVERY_STACK
def test_no_name_that_was_ever_deployed_is_lost_and_new_ones_are_in_the_ledger(stack: str) -> None:
    urns = ledger.frozen(stack)
    assert ledger.lost(urns, graphs()[stack]) == [], "an `up` would delete these: give what replaces them `formerly=`"
    assert ledger.added(urns, graphs()[stack]) == [], "new names: look at them, then `make ledger` freezes them"


def test_the_ledger_notices_a_renamed_resource_and_accepts_it_with_an_alias() -> None:
    graph = graphs()["dev"]
    urn = named(graph, "network-vpc").urn
    without = Graph(project="plinth", stack="dev", resources={k: v for k, v in graph.resources.items() if k != urn}, outputs={})
    assert ledger.lost({urn}, without) == [urn]
    assert ledger.lost({urn}, graph) == []


@EVERY_STACK
def test_every_child_carries_the_name_of_its_component(stack: str) -> None:
    graph = graphs()[stack]
    for resource in graph.resources.values():
        if resource.parent:
            assert resource.name.startswith(f"{graph.resources[resource.parent].name}-"), resource.urn


def test_logical_names_say_nothing_of_the_environment() -> None:
    for stack in STACKS:
        for resource in graphs()[stack].resources.values():
            assert not set(resource.name.split("-")) & {"dev", "staging", "prod"}, resource.urn


@EVERY_STACK
@pytest.mark.requirement("BST-06", part="the Name tag of every tagged resource")
def test_every_name_tag_follows_the_convention(stack: str) -> None:
    for resource in graphs()[stack].resources.values():
        # A group of machines has a list of tags, which are those of its machines.
        if "tags" in resource.inputs and resource.type != "aws:autoscaling/group:Group":
            assert resource.inputs["tags"]["Name"] == f"plinth-{stack}-{resource.name}"


@ONE_QUICKLY
def test_a_preview_and_an_up_register_the_same_resources(stack: str, tmp_path: Path) -> None:
    copy = deployable(tmp_path)
    previewed = record(copy, stack, mode="unknowns")
    deployed = record(copy, stack, preview=False)
    assert deployed.resources.keys() == previewed.resources.keys()
    given = {name_of(urn) for urn in deployed.resources.keys() - graphs()[stack].resources.keys()}
    assert given == {"secrets-google-oauth-version", "secrets-collection-api-keys-version", "secrets-bot-token"}


# Provider, regions, tags


@EVERY_STACK
@pytest.mark.requirement("BST-03")
def test_every_resource_uses_the_one_provider_which_guards_account_and_tags(stack: str) -> None:
    graph = graphs()[stack]
    (provider,) = (resource for resource in graph.resources.values() if resource.type.startswith("pulumi:providers:"))
    assert provider.name == "aws"
    assert provider.inputs["allowedAccountIds"] == '["000000000000"]'
    assert '"tags"' in provider.inputs["defaultTags"]
    for resource in graph.resources.values():
        if resource.type.startswith("aws:"):
            assert resource.provider == provider.urn, resource.urn


@EVERY_STACK
@pytest.mark.requirement("BST-03", part="`region=` on each resource")
@pytest.mark.requirement("BST-11", part="the regions come from the stack file")
def test_every_resource_of_a_regional_type_carries_its_region(stack: str) -> None:
    graph = graphs()[stack]
    regional = [
        resource for resource in graph.resources.values() if "region" in resource.outputs and resource.type.startswith("aws:")
    ]
    assert len(regional) > 30
    met: set[str] = set()
    for resource in regional:
        there = [start for start in COPIES[stack] if resource.name.startswith(start)]
        place = COPIES[stack][there[0]] if there else CONFIGS[stack].platform.regions.home
        assert resource.inputs.get("region") == place, resource.urn
        met |= set(there)
    assert met == COPIES[stack].keys()


@EVERY_STACK
@pytest.mark.requirement(
    "BST-07", part="the required keys on the provider; propagation where AWS drops them comes with those types"
)
def test_every_taggable_resource_carries_every_required_tag(stack: str) -> None:
    graph = graphs()[stack]
    defaults = json.loads(named(graph, "aws").inputs["defaultTags"])["tags"]
    assert set(REQUIRED) <= defaults.keys()
    assert (defaults["environment"], defaults["project"]) == (stack, "plinth")
    for resource in graph.resources.values():
        if resource.type.startswith("aws:") and "tagsAll" in resource.outputs:
            assert "Name" in resource.inputs["tags"], resource.urn


@EVERY_STACK
def test_data_and_what_guards_it_are_kept_where_the_stack_file_says_so_and_nothing_else_is(stack: str) -> None:
    keep = CONFIGS[stack].platform.deletion == "retain"
    there = [resource for resource in graphs()[stack].resources.values() if resource.type in HOLDING_DATA]
    holding = {resource.name for resource in there if not resource.name.startswith(COME_AND_GO)}
    assert {
        "logs-encryption-key",
        "flow-logs-records",
        "secrets-postgres",
        "secrets-redis-version",
        "bucket-media-bucket",
    } < holding
    for resource in graphs()[stack].resources.values():
        kept, guards = keep and resource.name in holding, keep and resource.type in GUARDING_DATA
        assert (resource.options.protect, resource.options.retain_on_delete) == (kept, kept or guards), resource.urn


# The network, row by row


@EVERY_STACK
@pytest.mark.requirement("NET-01")
def test_each_stack_has_one_vpc_with_addresses_of_its_own(stack: str) -> None:
    graph = graphs()[stack]
    (vpc,) = of_kind(graph, "Vpc")
    (group,) = of_kind(graph, "DefaultSecurityGroup")
    assert vpc.inputs["cidrBlock"] == f"{PREFIX[stack]}.0.0/16"
    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])
    others = [CONFIGS[other].networking for other in STACKS if other != stack]
    taken = [block for other in others for block in (other.cidr, *other.reserved.values())]
    assert not any(CONFIGS[stack].networking.cidr.overlaps(block) for block in taken)


@EVERY_STACK
@pytest.mark.parametrize(
    ("name", "first", "discovery"),
    [
        pytest.param("public", 1, "kubernetes.io/role/elb", marks=pytest.mark.requirement("NET-02")),
        pytest.param("private", 11, "kubernetes.io/role/internal-elb", marks=pytest.mark.requirement("NET-03")),
        pytest.param(
            "database",
            21,
            None,
            marks=pytest.mark.requirement("NET-04", part="the subnets and their isolation; no data store exists yet"),
        ),
    ],
)
def test_each_tier_has_three_subnets_in_three_zones_at_their_addresses(
    stack: str, name: str, first: int, discovery: str | None
) -> None:
    subnets = tier(graphs()[stack], name)
    assert [subnet.inputs["cidrBlock"] for subnet in subnets] == [f"{PREFIX[stack]}.{first + n}.0/24" for n in range(3)]
    assert len({subnet.inputs["availabilityZone"] for subnet in subnets}) == 3
    for subnet in subnets:
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        assert discovery is None or subnet.inputs["tags"][discovery] == "1"


@pytest.mark.requirement("NET-05", part="the networking side: zones of workloads by stack, subnets in three zones everywhere")
def test_workloads_run_in_one_zone_in_dev_and_in_three_in_prod() -> None:
    found = {stack: graphs()[stack].outputs["network"]["workloadZones"] for stack in STACKS}
    assert found["dev"] == ["us-east-1a"]
    assert len(found["staging"]) >= 2
    assert len(set(found["prod"])) == 3


@pytest.mark.requirement("NET-07")
def test_nat_is_one_in_dev_one_a_zone_elsewhere_and_none_where_switched_off(tmp_path: Path) -> None:
    counts = {stack: (len(of_kind(graphs()[stack], "NatGateway")), len(of_kind(graphs()[stack], "Eip"))) for stack in STACKS}
    assert counts == {"dev": (1, 1), "staging": (3, 3), "prod": (3, 3)}
    public = {subnet.outputs["id"]: subnet.inputs["availabilityZone"] for subnet in tier(graphs()["prod"], "public")}
    assert len({public[nat.inputs["subnetId"]] for nat in of_kind(graphs()["prod"], "NatGateway")}) == 3

    # Machines and public images need a way out, which the rules of the stack file say.
    services: Any = read(ROOT, "dev", "plinth").at(("plinth:services",))
    inside = {
        name: {**services[name], "reachesInternet": False} for name in ("booking", "booking-worker", "collection", "resize")
    }
    changes: dict[KeyPath, Any] = {("plinth:networking", "nat"): "none", ("plinth:services",): inside}
    off = planned(tmp_path, "dev", changes)
    assert (of_kind(off, "NatGateway"), of_kind(off, "Eip")) == ([], [])
    assert [route.name for route in of_kind(off, "Route")] == ["network-public-default"]


@EVERY_STACK
@pytest.mark.requirement("NET-08")
def test_every_subnet_has_one_association_and_prod_leaves_through_its_own_zone(stack: str) -> None:
    graph = graphs()[stack]
    tables = {link.inputs["subnetId"]: link.inputs["routeTableId"] for link in of_kind(graph, "RouteTableAssociation")}
    assert len(of_kind(graph, "RouteTableAssociation")) == len(tables) == len(of_kind(graph, "Subnet")) == 9
    exits = {route.inputs["routeTableId"]: route for route in of_kind(graph, "Route")}
    zone_of_nat = {
        nat.outputs["id"]: next(
            s.inputs["availabilityZone"] for s in tier(graph, "public") if s.outputs["id"] == nat.inputs["subnetId"]
        )
        for nat in of_kind(graph, "NatGateway")
    }
    for subnet in tier(graph, "private"):
        zone = zone_of_nat[exits[tables[subnet.outputs["id"]]].inputs["natGatewayId"]]
        assert zone == (subnet.inputs["availabilityZone"] if stack != "dev" else "us-east-1a")
    for subnet in tier(graph, "public"):
        assert "gatewayId" in exits[tables[subnet.outputs["id"]]].inputs
    for subnet in tier(graph, "database"):
        assert tables[subnet.outputs["id"]] not in exits


@ONE_QUICKLY
@pytest.mark.requirement("NET-14", part="the namespace on the VPC, switched by the stack file")
def test_services_find_each_other_by_private_names_unless_switched_off(stack: str, tmp_path: Path) -> None:
    graph = graphs()[stack]
    (namespace,) = of_kind(graph, "PrivateDnsNamespace")
    assert namespace.inputs["vpc"] == named(graph, "network-vpc").outputs["id"]
    switch = ("plinth:networking", "discovery", "enabled")
    off = turned_off(stack, switch)  # without a name nobody calls anybody
    on = planned(tmp_path, stack, {key: value for key, value in off.items() if key != switch})
    left = planned(tmp_path, stack, off)
    rolling = ("booking", "collection", "catalogue") if stack == "dev" else ("catalogue",)  # those that take turns have no entry
    assert {on.resources[urn].name for urn in on.resources.keys() - left.resources.keys()} == {
        *("discovery", "discovery-namespace"),
        *(f"tasks-{name}-name" for name in rolling),
    }


# Between the stacks


@pytest.mark.requirement("DEL-13", part="invariants between the stacks")
def test_prod_is_never_less_safe_than_staging_nor_staging_than_dev() -> None:
    order = [CONFIGS[stack] for stack in ("dev", "staging", "prod")]
    nat = {"none": 0, "single": 1, "per-zone": 2}
    deletion = {"destroy": 0, "retain": 1}
    for weaker, stronger in pairwise(order):
        assert len(stronger.platform.zones) >= len(weaker.platform.zones)
        assert stronger.networking.workload_zones >= weaker.networking.workload_zones
        assert nat[stronger.networking.nat] >= nat[weaker.networking.nat]
        assert deletion[stronger.platform.deletion] >= deletion[weaker.platform.deletion]


@pytest.mark.requirement("DEL-13")
@pytest.mark.requirement("DEL-16", part="the three stacks are built and checked without a cloud; later rows come with parts")
def test_all_stack_files_have_the_same_keys_and_make_the_same_components() -> None:
    for stack in STACKS:
        document = read(ROOT, stack, "plinth")
        known = [entry.path for entry in entries() if not {ANY_NAME, ANY_NUMBER} & set(entry.path)]
        assert [path for path in known if document.at(path) is None] == []
        assert all(find((key,)) for key in document.values)
        assert document.encrypted == {}, "what needs a credential is off until one is set"
    made = [{resource.type for resource in graphs()[stack].resources.values() if not resource.custom} for stack in STACKS]
    # In one stack of an account; and in the one that has copies of its buckets.
    once = {"plinth:security:AccountBaseline", "plinth:storage:AccountDefaults", "plinth:observability:Alarms"}
    beyond_dev = {"plinth:storage:FileSystem", "plinth:data:DatabaseProxy"}
    in_dev = {  # it builds images, stops out of hours, and lets people into its containers
        *("plinth:compute:Builds", "awsx:ecr:Image", "plinth:compute:TaskHours", "plinth:compute:Sessions"),
    }
    assert (made[0] - in_dev) | beyond_dev == made[1] == made[2] - once
    assert in_dev <= made[0]


# Outputs


@EVERY_STACK
@pytest.mark.requirement("DEL-15", part="typed, versioned stack outputs")
def test_the_outputs_are_versioned_and_lead_to_what_was_made(stack: str) -> None:
    graph = graphs()[stack]
    assert graph.outputs["version"] == 1
    network = graph.outputs["network"]
    assert network["vpcId"] == named(graph, "network-vpc").outputs["id"]
    for key, name in (("publicSubnetIds", "public"), ("privateSubnetIds", "private"), ("databaseSubnetIds", "database")):
        assert network[key] == {s.inputs["availabilityZone"]: s.outputs["id"] for s in tier(graph, name)}
