"""A network that is only used: it offers what one of our own offers, and creates nothing."""

import pulumi

from components.core.contracts import PrivateNetwork
from components.networking.adopted import AdoptedNetwork, known
from tests.harness import recorded


def adopted() -> PrivateNetwork:
    return AdoptedNetwork(
        vpc_id=pulumi.Output.from_input("vpc-1"),
        cidr="10.2.0.0/16",
        public_subnet_ids=known({"us-east-1a": "subnet-1"}),
        private_subnet_ids=known({"us-east-1a": "subnet-2"}),
        database_subnet_ids=known({"us-east-1a": "subnet-3"}),
        private_route_table_ids=known({"all": "rtb-1"}),
        database_route_table_ids=known({}),
        workload_zones=("us-east-1a",),
    )


def test_its_ids_are_known_and_nothing_is_made() -> None:
    def build(_: object) -> None:
        network = adopted()
        pulumi.export("vpc", network.vpc_id)
        pulumi.export("subnets", [network.public_subnet_ids, network.private_subnet_ids, network.database_subnet_ids])
        pulumi.export("tables", [network.private_route_table_ids, network.database_route_table_ids])

    graph = recorded(build)
    assert [resource.type for resource in graph.resources.values() if resource.type.startswith("aws:")] == []
    assert graph.outputs == {
        "vpc": "vpc-1",
        "subnets": [{"us-east-1a": "subnet-1"}, {"us-east-1a": "subnet-2"}, {"us-east-1a": "subnet-3"}],
        "tables": [{"all": "rtb-1"}, {}],
    }
