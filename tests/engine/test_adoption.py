"""A stack lives in the network of another one: what that one says about itself is all it takes."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.plans import read_plan
from tests.engine.real import NEEDED, with_engine
from tests.harness import ROOT, deployable, lean, named, of_kind, replace_in

pytestmark = NEEDED

OURS = ("Vpc", "Subnet", "InternetGateway", "NatGateway", "Eip", "RouteTable", "Route", "DefaultSecurityGroup", "NetworkAcl")
"""What a network of one's own is made of."""
KEYS = {
    "publicSubnets": "publicSubnetIds",
    "privateSubnets": "privateSubnetIds",
    "databaseSubnets": "databaseSubnetIds",
    "privateRouteTables": "privateRouteTableIds",
    "databaseRouteTables": "databaseRouteTableIds",
}


def adopt(file: Path, network: dict[str, Any]) -> None:
    """Writes the network that a stack exports into the file of another."""
    replace_in(file, "adopted:\n      enabled: false", "adopted:\n      enabled: true")
    replace_in(file, "vpcId: ['\"]{2}", f"vpcId: {network['vpcId']}")
    for key, output in KEYS.items():
        replace_in(file, f"{key}: {{}}", f"{key}: {json.dumps(network[output])}")


@pytest.mark.requirement("DEL-12", part="a stack in a network that exists already")
def test_a_stack_goes_up_in_the_network_of_another_and_creates_none(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    # A VPC can have one endpoint a service with private names, a table one route to each gateway endpoint; and a VPC of the
    # emulated AWS one private namespace, whatever the domain.
    replace_in(folder / "Pulumi.dev.yaml", "endpoints: .*", "endpoints: []")
    replace_in(folder / "Pulumi.dev.yaml", "discovery: {enabled: true", "discovery: {enabled: false")
    replace_in(folder / "Pulumi.staging.yaml", "cidr: .*", "cidr: 10.2.0.0/16")
    for stack in ("dev", "staging"):
        lean(folder / f"Pulumi.{stack}.yaml")
    steps = (
        "pulumi stack init dev && pulumi up -s dev --yes --skip-preview",
        "pulumi stack output -s dev --json > dev.json",
        f"PYTHONPATH={ROOT} {sys.executable} -m tests.engine.test_adoption",
        "pulumi stack init staging && pulumi up -s staging --yes --skip-preview",
        "pulumi stack export -s staging > staging.json",
        "pulumi preview -s staging --expect-no-changes",
    )
    done = with_engine(folder, " && ".join(steps))
    assert done.returncode == 0, done.stdout + done.stderr

    network = json.loads((folder / "dev.json").read_text())["network"]
    graph = read_plan(folder / "staging.json")
    assert [resource.urn for kind in OURS for resource in of_kind(graph, kind)] == []
    assert {group.inputs["vpcId"] for group in of_kind(graph, "SecurityGroup")} == {network["vpcId"]}
    assert named(graph, "flow-logs-all").inputs["vpcId"] == network["vpcId"]
    assert set(named(graph, "endpoints-s3").inputs["routeTableIds"]) == {
        *network["privateRouteTableIds"].values(),
        *network["databaseRouteTableIds"].values(),
    }
    assert graph.outputs["network"] == {**network, "workloadZones": ["us-east-1a", "us-east-1b", "us-east-1c"]}


if __name__ == "__main__":  # between the two stacks, in the folder of the program
    adopt(Path("Pulumi.staging.yaml"), json.loads(Path("dev.json").read_text())["network"])
