"""The public zone, and what it delegates."""

import re
from dataclasses import replace
from typing import Any

import pytest

from components.networking.zone import Zone, ZoneArgs
from tests.harness import named, of_kind, recorded

SERVERS = ("ns-1.awsdns-01.org", "ns-2.awsdns-02.com")


@pytest.mark.parametrize("retain", [True, False])
@pytest.mark.requirement("EDG-01", part="the zone of a domain")
def test_a_zone_is_made_for_the_domain_and_kept_where_data_is_kept(*, retain: bool) -> None:
    graph = recorded(lambda ctx: Zone("zone", ZoneArgs(domain="example.org"), ctx), retain=retain)
    zone = named(graph, "zone-zone")
    assert (zone.inputs["name"], zone.inputs["forceDestroy"]) == ("example.org", not retain)
    assert "vpcs" not in zone.inputs, "a zone of a VPC is not public"
    assert (zone.options.protect, zone.options.retain_on_delete) == (retain, retain)
    outputs = graph.of_type(Zone.TYPE)[0].outputs
    assert outputs == {"zone_id": zone.outputs["zoneId"], "name_servers": zone.outputs["nameServers"]}
    assert of_kind(graph, "Record") == []


@pytest.mark.requirement("EDG-01", part="delegations by the owner of the parent zone")
def test_each_delegation_is_one_record_of_its_name_servers() -> None:
    args = ZoneArgs(domain="example.org", delegations={"dev": SERVERS, "staging": SERVERS[::-1]})
    graph = recorded(lambda ctx: Zone("zone", args, ctx))
    assert {record.name: record.inputs for record in of_kind(graph, "Record")} == {
        f"zone-delegation-{label}": {
            "zoneId": named(graph, "zone-zone").outputs["zoneId"],
            "name": f"{label}.example.org",
            "type": "NS",
            "ttl": 3600,
            "records": servers,
        }
        for label, servers in (("dev", list(SERVERS)), ("staging", list(SERVERS[::-1])))
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "localhost"}, r"domain: 'localhost' is no domain name"),
        ({"domain": "Example.org"}, r"domain: 'Example\.org' is no domain name"),
        ({"delegations": {"Dev": SERVERS}}, r"delegations: 'Dev' is no name"),
        (
            {"delegations": {"dev": ("ns-1",)}},
            r"delegations\.dev: 'ns-1' is no domain name.* \| delegations\.dev: 1 name servers",
        ),
        ({"delegations": {"dev": (SERVERS[0], SERVERS[0])}}, r"delegations\.dev: 1 name servers; at least two different ones"),
    ],
)
def test_what_cannot_be_a_zone_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"ZoneArgs: ") as caught:
        replace(ZoneArgs(domain="example.org"), **change)
    assert re.search(message, str(caught.value))
