"""What must hold between the values of the network: the VPN's, the endpoints', those of a network that is adopted."""

from pathlib import Path

import pytest

from stack.config.faults import ConfigError
from stack.config.loader import load_all
from tests.harness import STACKS, linked_copy, replace_in

HERE = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
THERE = HERE.replace("us-east-1", "eu-west-1")


def faults(folder: Path, stack: str = "dev") -> list[str]:
    """What is wrong with the file of a stack, without the place in it."""
    with pytest.raises(ConfigError) as caught:
        load_all(folder, [stack])
    return [str(fault).split(": ", 1)[1].removeprefix("plinth:networking.") for fault in caught.value.faults]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


def vpn_on(folder: Path, server: str = HERE, client: str = HERE, stack: str = "dev") -> Path:
    file = folder / f"Pulumi.{stack}.yaml"
    replace_in(file, "vpn: {enabled: false", "vpn: {enabled: true")
    replace_in(file, 'serverCertificateArn: ""', f'serverCertificateArn: "{server}"')
    replace_in(file, 'clientCertificateArn: ""', f'clientCertificateArn: "{client}"')
    return file


def adopt(folder: Path) -> Path:
    """Turns adoption on for dev, with everything that it needs."""
    file = folder / "Pulumi.dev.yaml"
    replace_in(file, "adopted:\n      enabled: false", "adopted:\n      enabled: true")
    replace_in(file, 'vpcId: ""', "vpcId: vpc-0123456789abcdef0")
    for number, tier in enumerate(("public", "private", "database")):
        subnets = ", ".join(f"us-east-1{zone}: subnet-{number}123456789abcde{zone}0" for zone in "abc")
        replace_in(file, f"{tier}Subnets: {{}}", f"{tier}Subnets: {{{subnets}}}")
    replace_in(file, "privateRouteTables: {}", "privateRouteTables: {all: rtb-0123456789abcdef0}")
    return file


def test_a_service_listed_twice_is_refused_where_it_stands_again(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "s3, dynamodb", "s3, logs")
    assert faults(copy) == ["endpoints[4]: logs is given twice; each service once"]


def test_an_unknown_service_is_refused_with_what_was_meant(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "s3, dynamodb", "s3, dynamdb")
    (fault,) = faults(copy)
    assert fault.startswith("endpoints[4]: the text 'dynamdb' is not possible")
    assert fault.endswith("did you mean dynamodb?")


def test_no_endpoint_at_all_is_fine(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "endpoints: .*", "endpoints: []")
    config = load_all(copy, ["dev"])["dev"].config.networking
    assert (config.interface_endpoints, config.gateway_endpoints) == ((), ())


def test_endpoints_are_told_apart_by_their_kind(copy: Path) -> None:
    config = load_all(copy, ["dev"])["dev"].config.networking
    assert config.interface_endpoints == ("ecr.api", "ecr.dkr", "logs")
    assert config.gateway_endpoints == ("s3", "dynamodb")


def test_true_is_no_number_of_days(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "retentionDays: 7", "retentionDays: true")
    (fault,) = faults(copy)
    assert fault.startswith("flowLogs.retentionDays: true (true or false) is not possible; one of 1, 3, 5, 7")


# The VPN


@pytest.mark.requirement("NET-24", part="its certificates and addresses are checked before anything is touched")
def test_a_vpn_needs_both_certificates(copy: Path) -> None:
    vpn_on(copy, server="", client="")
    assert faults(copy) == [
        "vpn.clientCertificateArn: is not given, but the VPN is on; the ARN of a certificate in ACM in us-east-1",
        "vpn.serverCertificateArn: is not given, but the VPN is on; the ARN of a certificate in ACM in us-east-1",
    ]


def test_its_certificates_lie_in_the_home_region(copy: Path) -> None:
    vpn_on(copy, server=THERE)
    assert faults(copy) == [
        f"vpn.serverCertificateArn: {THERE} is not in us-east-1; the ARN of a certificate in ACM in us-east-1"
    ]


@pytest.mark.parametrize("text", ["x", "arn:aws:iam::1:server-certificate/x", "arn:aws:acm:us-east-1:1:certificate/x"])
def test_what_is_no_certificate_is_refused_even_while_the_vpn_is_off(copy: Path, text: str) -> None:
    replace_in(copy / "Pulumi.dev.yaml", 'serverCertificateArn: ""', f'serverCertificateArn: "{text}"')
    (fault,) = faults(copy)
    assert fault.startswith(f"vpn.serverCertificateArn: the text '{text}' is not possible; the ARN of a certificate in ACM")


@pytest.mark.parametrize(
    ("block", "overlapped"),
    [("10.2.4.0/22", "10.2.0.0/16 (cidr)"), ("10.12.4.0/22", "10.12.0.0/16 (reserved.standby)")],
)
def test_clients_share_no_address_with_the_network_or_what_is_reserved(copy: Path, block: str, overlapped: str) -> None:
    replace_in(vpn_on(copy), "clientCidr: [0-9./]+", f"clientCidr: {block}")
    assert faults(copy) == [f"vpn.clientCidr: {block} overlaps {overlapped}; ranges that share no address"]


def test_clients_of_one_stack_share_no_address_with_the_network_of_another(copy: Path) -> None:
    replace_in(vpn_on(copy, stack="staging"), "clientCidr: [0-9./]+", "clientCidr: 10.2.4.0/22")
    with pytest.raises(ConfigError, match=r"vpn\.clientCidr: 10\.2\.4\.0/22 overlaps 10\.2\.0\.0/16 \(cidr of stack dev\)"):
        load_all(copy, STACKS)


def test_while_the_vpn_is_off_its_addresses_may_overlap(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "clientCidr: [0-9./]+", "clientCidr: 10.2.4.0/22")
    assert load_all(copy, STACKS)


@pytest.mark.parametrize("block", ["10.128.0.0/11", "10.254.0.0/23"])
def test_a_client_range_that_aws_does_not_know_is_refused(copy: Path, block: str) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "clientCidr: [0-9./]+", f"clientCidr: {block}")
    (fault,) = faults(copy)
    assert fault.startswith(f"vpn.clientCidr: {block} has a prefix of /{block[-2:]}; a private IPv4 range of /12 to /22")


# A network that is adopted


def test_a_network_with_all_its_parts_can_be_adopted(copy: Path) -> None:
    adopt(copy)
    assert load_all(copy, ["dev"])["dev"].config.networking.adopted.enabled


def test_everything_that_an_adopted_network_lacks_is_said_at_once(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "adopted:\n      enabled: false", "adopted:\n      enabled: true")
    missing = [
        f"adopted.{tier}Subnets: has no subnet in us-east-1{zone}; one for each of platform.zones"
        for tier in ("public", "private", "database")
        for zone in "abc"
    ]
    assert sorted(faults(copy)) == sorted(
        [
            "adopted.vpcId: is not given; the id of the VPC to use",
            *missing,
            "adopted.privateRouteTables: is empty, but s3, dynamodb are entered there; the route tables of the private subnets",
        ]
    )


def test_a_subnet_in_a_zone_that_is_not_ours_is_refused(copy: Path) -> None:
    replace_in(adopt(copy), "publicSubnets: {", "publicSubnets: {us-east-1d: subnet-9123456789abcde10, ")
    assert faults(copy) == ['adopted.publicSubnets["us-east-1d"]: is not in platform.zones; one for each of platform.zones']


def test_without_gateway_endpoints_no_route_table_is_needed(copy: Path) -> None:
    file = adopt(copy)
    replace_in(file, "endpoints: .*", "endpoints: [logs]")
    replace_in(file, "privateRouteTables: {.*}", "privateRouteTables: {}")
    assert load_all(copy, ["dev"])


def test_an_id_that_stands_twice_is_refused(copy: Path) -> None:
    replace_in(adopt(copy), "databaseRouteTables: {}", "databaseRouteTables: {all: rtb-0123456789abcdef0}")
    assert faults(copy) == [
        "adopted.databaseRouteTables.all: rtb-0123456789abcdef0 stands at adopted.privateRouteTables.all already; each once"
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        ('vpcId: ""', "vpcId: subnet-0123456789abcdef0", "adopted.vpcId: the text 'subnet-0123456789abcdef0' is not possible"),
        ("publicSubnets: {}", "publicSubnets: {us-east-1a: x}", "adopted.publicSubnets[\"us-east-1a\"]: the text 'x'"),
        ("publicSubnets: {}", "publicSubnets: {first: subnet-01234567}", "adopted.publicSubnets.first: is no possible name"),
        ("privateRouteTables: {}", "privateRouteTables: {a: rtb-1}", "adopted.privateRouteTables.a: the text 'rtb-1'"),
    ],
)
def test_what_is_no_id_is_refused_even_while_nothing_is_adopted(
    copy: Path, pattern: str, replacement: str, expected: str
) -> None:
    replace_in(copy / "Pulumi.dev.yaml", pattern, replacement)
    (fault,) = faults(copy)
    assert fault.startswith(expected)
