"""The private namespace."""

import pytest

from components.networking.discovery import Discovery, DiscoveryArgs
from tests.harness import named, recorded


@pytest.mark.requirement("NET-14", part="the namespace on the VPC; the services that register come with compute")
def test_one_private_namespace_is_made_on_the_vpc() -> None:
    graph = recorded(lambda ctx: Discovery("discovery", DiscoveryArgs(domain="dev.plinth.internal", vpc_id="vpc-1"), ctx))
    namespace = named(graph, "discovery-namespace")
    assert namespace.type == "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
    assert (namespace.inputs["name"], namespace.inputs["vpc"]) == ("dev.plinth.internal", "vpc-1")
    outputs = graph.of_type(Discovery.TYPE)[0].outputs
    assert outputs == {"namespace_id": namespace.outputs["id"], "namespace_arn": namespace.outputs["arn"]}


@pytest.mark.parametrize("domain", ["internal", "Dev.Plinth.internal", ""])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match=r"DiscoveryArgs: domain: .* is no domain name; lower case, at least two parts"):
        DiscoveryArgs(domain=domain, vpc_id="vpc-1")
