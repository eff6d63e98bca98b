"""What must hold between a domain, its zone and what uses it, and between the domains of stacks."""

import json
from pathlib import Path

import pytest

from stack.config.dns import Dns
from stack.config.faults import ConfigError
from stack.config.loader import load_all
from tests.config.stack_files import refusals
from tests.harness import ROOT, STACKS, linked_copy, replace_in

ZONE_ID = "Z0123456789ABCDEFGHIJ"
SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


def dns(
    folder: Path,
    *,
    domain: str = "dev.example.org",
    zone: object = None,
    names: object = None,
    checks: bool = False,
    path: str = "/health/",
    failover: object = None,
    stack: str = "dev",
) -> Path:
    """Another section `dns` in the file of a stack: its zone made and used, unless said otherwise."""
    section: dict[str, object] = {
        "domain": domain,
        "zone": {"enabled": True, "id": "", "delegations": dict[str, object]()} if zone is None else zone,
        "names": {"enabled": True, "copies": list[str]()} if names is None else names,
        "healthChecks": {"enabled": checks, "path": path, "intervalSeconds": 30, "failures": 3},
        "failover": {"target": "", "targetZoneId": ""} if failover is None else failover,
    }
    replace_in(folder / f"Pulumi.{stack}.yaml", r"plinth:dns:\n(    .*\n)+", f"plinth:dns: {json.dumps(section)}\n")
    return folder


def zone(*, enabled: bool = True, id: str = "", delegations: object = None) -> object:  # noqa: A002 (the key's own name)
    return {"enabled": enabled, "id": id, "delegations": delegations or {}}


def names(*copies: str, enabled: bool = True) -> object:
    return {"enabled": enabled, "copies": list(copies)}


@pytest.mark.requirement("EDG-01", part="a domain can be left out")
def test_no_stack_of_the_repository_has_a_domain_and_none_needs_one() -> None:
    for stack in STACKS:
        found = load_all(ROOT, [stack])[stack].config.dns
        assert (found.domain, found.zone.enabled, found.names.enabled, found.failover.target) == ("", False, False, "")


def test_a_zone_can_be_made_and_not_used_yet_or_be_anothers_and_used(copy: Path) -> None:
    def read() -> Dns:
        return load_all(copy, ["dev"])["dev"].config.dns

    dns(copy, names=names(enabled=False))
    assert (read().zone.enabled, read().names.enabled) == (True, False)
    replace_in(copy / "Pulumi.dev.yaml", "plinth:dns: .*\n", "plinth:dns:\n    x: 1\n")
    dns(copy, zone=zone(enabled=False, id=ZONE_ID))
    assert (read().zone.enabled, read().names.enabled) == (False, True)


def test_a_network_load_balancer_leaves_the_names_of_the_stack_itself_alone(copy: Path) -> None:
    dns(copy)
    replace_in(copy / "Pulumi.dev.yaml", "^    stream:$", "    www:")
    replace_in(copy / "Pulumi.dev.yaml", r"^      stream: \{", "      stream: {loadBalancer: www, ")
    assert refusals(copy) == ["plinth:loadBalancers.www: www.dev.example.org leads elsewhere; another name"]


@pytest.mark.parametrize("off", [{"names": names(enabled=False)}, {"zone": zone(enabled=False, id=ZONE_ID)}])
def test_without_a_domain_there_is_neither_zone_nor_name(copy: Path, off: dict[str, object]) -> None:
    assert refusals(dns(copy, domain="", **off)) == [  # type: ignore[arg-type]
        "plinth:dns.domain: is not given, but its zone or names are; the domain that the names end in"
    ]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            {"zone": zone(id=ZONE_ID)},
            'zone.id: is given, but this stack makes the zone itself; "", or zone.enabled: false to use that one',
        ),
        (
            {"zone": zone(enabled=False, id=ZONE_ID, delegations={"eu": SERVERS})},
            "zone.delegations: are given, but this stack does not make the zone; "
            "none: the stack of the zone says what it delegates",
        ),
        *(
            (
                {"zone": zone(delegations={label: SERVERS})},
                f"zone.delegations.{label}: is a name of this stack itself; another name",
            )
            for label in ("api", "stream")
        ),
        (
            {"zone": zone(delegations={"eu": [*SERVERS, SERVERS[0]]})},
            f"zone.delegations.eu[2]: {SERVERS[0]} is given twice; each name server once",
        ),
        (
            {"zone": zone(enabled=False)},
            "names.enabled: true, but there is no zone to keep them in; zone.enabled: true, or the zone.id of one that exists",
        ),
        ({"domain": f"{'a' * 61}.org"}, "domain: 65 characters are too long for a certificate; at most 64"),
        ({"names": names("standby", "standby")}, "names.copies[1]: standby is given twice; each once"),
        (
            {"checks": True, "names": names(enabled=False)},
            "healthChecks.enabled: true, but there are no public names to check; names.enabled: true as well",
        ),
        (
            {"checks": True, "path": "/nowhere/"},
            "healthChecks.path: /nowhere/ leads to no service: the check would fail for ever; a path of a route through public",
        ),
        (
            {"checks": True, "failover": {"target": "elb.example.net", "targetZoneId": ""}},
            "failover.targetZoneId: is not given, but target is; both, or neither",
        ),
        (
            {"checks": True, "failover": {"target": "", "targetZoneId": ZONE_ID}},
            "failover.target: is not given, but targetZoneId is; both, or neither",
        ),
        (
            {"failover": {"target": "elb.example.net", "targetZoneId": ZONE_ID}},
            "failover.target: is given, but nobody checks whether it is time to go there; healthChecks.enabled: true as well",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_where_it_stands(copy: Path, section: dict[str, object], expected: str) -> None:
    assert refusals(dns(copy, **section)) == [f"plinth:dns.{expected}"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ({"domain": "localhost"}, "domain"),
        ({"zone": zone(delegations={"eu": SERVERS[:1]})}, "zone.delegations.eu"),
        ({"zone": zone(enabled=False, id="example.org")}, "zone.id"),
        ({"names": names("vault")}, "names.copies[0]"),
    ],
)
def test_a_value_of_another_form_is_refused(copy: Path, section: dict[str, object], where: str) -> None:
    (found,) = refusals(dns(copy, **section))  # type: ignore[arg-type]
    assert found.startswith(f"plinth:dns.{where}: ")


@pytest.mark.requirement("BST-08", part="one owner for each zone")
def test_two_stacks_cannot_have_one_domain(copy: Path) -> None:
    for stack in ("dev", "prod"):
        dns(copy, domain="example.org", stack=stack)
    assert refusals_of_all(copy) == [
        "plinth:dns.domain: example.org is the domain of stack dev as well; "
        "a domain of its own for every stack, such as prod.example.org"
    ]


def refusals_of_all(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_all(folder, STACKS)
    return [str(found).split(": ", 1)[1] for found in caught.value.faults]
