"""The VPN: certificates, a log, and only the network behind it."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from components.networking.vpn import ClientVpn, ClientVpnArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

SERVER, CLIENT = (f"arn:aws:acm:us-east-1:111111111111:certificate/{name}" for name in ("server", "client"))


def args(**changed: Any) -> ClientVpnArgs:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "cidr": IPv4Network("10.2.0.0/16"),
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-vpn",
        "client_cidr": IPv4Network("10.254.0.0/22"),
        "server_certificate_arn": SERVER,
        "client_certificate_arn": CLIENT,
        "retention_days": 7,
        "key_arn": "arn:aws:kms:x",
    }
    return ClientVpnArgs(**given | changed)


def vpn(**changed: Any) -> Graph:
    return recorded(lambda ctx: ClientVpn("vpn", args(**changed), ctx))


def test_the_endpoint_asks_for_certificates_and_carries_traffic_of_the_network_alone() -> None:
    made = named(vpn(), "vpn-endpoint").inputs
    assert (made["vpcId"], made["securityGroupIds"], made["clientCidrBlock"]) == ("vpc-1", ["sg-vpn"], "10.254.0.0/22")
    assert made["serverCertificateArn"] == SERVER
    assert made["authenticationOptions"] == [{"type": "certificate-authentication", "rootCertificateChainArn": CLIENT}]
    assert (made["splitTunnel"], made["dnsServers"], made["sessionTimeoutHours"]) == (True, ["10.2.0.2"], 10)


def test_connections_are_logged_to_an_encrypted_group_of_their_own() -> None:
    graph = vpn()
    group, stream = named(graph, "vpn-records"), named(graph, "vpn-connections")
    assert named(graph, "vpn-endpoint").inputs["connectionLogOptions"] == {
        "enabled": True,
        "cloudwatchLogGroup": group.outputs["name"],
        "cloudwatchLogStream": stream.outputs["name"],
    }
    assert (group.inputs["name"], group.inputs["retentionInDays"]) == ("plinth-test-vpn-connections", 7)
    assert (group.inputs["kmsKeyId"], stream.inputs["logGroupName"]) == ("arn:aws:kms:x", group.outputs["name"])


def test_it_is_associated_with_each_subnet_and_reaches_the_network() -> None:
    graph = vpn()
    endpoint = named(graph, "vpn-endpoint").outputs["id"]
    links = {link.name: link.inputs for link in of_kind(graph, "NetworkAssociation")}
    assert {name: link["subnetId"] for name, link in links.items()} == {
        "vpn-a-association": "subnet-a",
        "vpn-b-association": "subnet-b",
    }
    (rule,) = of_kind(graph, "AuthorizationRule")
    assert (rule.inputs["targetNetworkCidr"], rule.inputs["authorizeAllGroups"]) == ("10.2.0.0/16", True)
    assert {rule.inputs["clientVpnEndpointId"], *(link["clientVpnEndpointId"] for link in links.values())} == {endpoint}
    assert graph.of_type(ClientVpn.TYPE)[0].outputs.keys() == {"endpoint_id", "dns_name"}


def test_refusals_and_whatever_runs_out_are_watched() -> None:
    made: list[ClientVpn] = []
    recorded(lambda ctx: made.append(ClientVpn("vpn", args(), ctx)))
    assert [(signal.namespace, signal.metric, signal.over) for signal in made[0].signals] == [
        ("AWS/ClientVPN", "AuthenticationFailures", True),
        ("AWS/ClientVPN", "CrlDaysToExpiry", False),
        ("AWS/CertificateManager", "DaysToExpiry", False),
        ("AWS/CertificateManager", "DaysToExpiry", False),
    ]
    assert [signal.dimensions for signal in made[0].signals[2:]] == [{"CertificateArn": SERVER}, {"CertificateArn": CLIENT}]
    assert len({signal.key for signal in made[0].signals}) == 4


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"ClientVpnArgs: ") as caught:
        args(
            subnet_ids={},
            client_cidr=IPv4Network("10.2.4.0/23"),
            server_certificate_arn="",
            client_certificate_arn="arn:aws:iam::1:server-certificate/x",
            retention_days=8,
        )
    for expected in (
        "subnet_ids: none given",
        "client_cidr: 10.2.4.0/23 is not possible; /12 to /22",
        "client_cidr: 10.2.4.0/23 overlaps 10.2.0.0/16",
        "server_certificate_arn: ''",
        "client_certificate_arn: 'arn:aws:iam::1:server-certificate/x'",
        "retention_days: 8",
    ):
        assert expected in str(caught.value)


@pytest.mark.parametrize("prefix", [11, 23])
def test_a_client_range_that_aws_does_not_know_is_refused(prefix: int) -> None:
    with pytest.raises(ValueError, match="/12 to /22"):
        args(client_cidr=IPv4Network((int(IPv4Network("172.0.0.0/8")[0]), prefix)))
