"""Programs that are not ours, as the engine writes them: what is said of their cost is true, the rest is named."""

from decimal import Decimal
from pathlib import Path

import pytest

from plinth.cost.estimate import estimate
from plinth.cost.report import GROUPINGS, CostReport
from plinth.cost.sheet import sheet
from plinth.engine.graph import name_of
from plinth.engine.plans import read_plan

FOLDER = Path(__file__).parent / "foreign"


def report_of(file: str) -> CostReport:
    return estimate(read_plan(FOLDER / file), sheet(), {})


def lines(report: CostReport) -> dict[str, Decimal]:
    return {f"{one.name}: {one.what}": one.cost.expected for one in report.charges}


def without_price(report: CostReport) -> dict[str, str]:
    return {name_of(one.urn): one.reason for one in report.unpriced}


def test_a_web_server_with_a_database() -> None:
    report = report_of("webshop.preview.json")
    month = Decimal(730)
    assert lines(report) == {
        "web: t3.small hours": month * Decimal("0.0208"),
        "web: public address hours": month * Decimal("0.005"),
        "web: root volume storage": 20 * Decimal("0.08"),
        "web-ip: address hours": month * Decimal("0.005"),
        "db: db.t3.micro hours": month * Decimal("0.017"),
        "db: storage": 20 * Decimal("0.115"),
        "zone: hosted zone": Decimal("0.5"),
    }
    assert without_price(report) == {}
    assert list(map(name_of, report.waiting)) == ["assets"]
    assert set(report.missing) == {"dnsQueriesThousand", "s3Gb", "s3ReadsThousand", "s3WritesThousand"}
    assert (report.resources, report.coverage_percent) == (8, Decimal("87.5"))


def test_a_state_of_functions_waits_for_figures_of_use() -> None:
    report = report_of("notes.export.json")
    assert lines(report) == {"token: secret": Decimal("0.4"), "errors: alarm metrics": Decimal("0.1")}
    assert {name_of(urn) for urn in report.waiting} == {"api", "fn", "fn-log", "jobs", "notes"}
    assert without_price(report) == {"old-api": "the sheet has no price for REST APIs and their caches"}
    assert {one.region for one in report.charges} == {"us-west-2"}


def test_a_cluster_in_another_region_with_a_component_and_things_of_another_cloud() -> None:
    report = report_of("cluster.preview.json")
    found = lines(report)
    assert found["nodes: m5.large hours"] == 3 * 730 * Decimal("0.096") * Decimal("1.114583")
    assert found["spot: m5.xlarge hours"] == 2 * 730 * Decimal("0.192") * Decimal("1.114583") * Decimal("0.33")
    assert found["nat: gateway hours"] == 730 * Decimal("0.045") * Decimal("1.066667")
    assert without_price(report) == {
        "web": "the type is not known here",
        "remote": "the type is not known here",
        "cache": "no price for elasticache valkey:cache.t4g.small in eu-west-1",
    }
    assert set(report.by(GROUPINGS["component"])) == {"main"}
    assert {one.saving for one in report.charges if one.saving} == {"Spot", "1 NAT gateway, not one in each of 3 zones"}


def test_odd_and_malformed_inputs_are_no_crash_and_no_zero() -> None:
    report = report_of("odd.export.json")
    assert without_price(report) == {
        "unknown-type": "instanceType is not known yet",
        "no-type": "instanceType is not given",
        "list-type": "instanceType is no text",
        "odd-devices": "ebsBlockDevices is no map",
        "negative": "size is out of range",
        "words": "size is no number",
        "huge": "size is out of range",
        "secret-size": "allocatedStorage is not known yet",
        "no-template": "its launch template is not in the plan",
        "upside-down": "minSize is more than maxSize",
        "nulls": "scalingConfig is not given",
        "rules-unknown": "rules is not known yet",
        "rules-numbers": "rules is no map",
        "region-map": "no price for kms symmetric-requests in a region that the plan does not say",
        "mars": "no price for kms symmetric-requests in mars-north-1",
        "no-provider": "no price for kms symmetric-requests in a region that the plan does not say",
        "fifo-words": "fifoQueue is neither true nor false",
        "nested": "clusterConfig is no map",
        "thing": "the type is not known here",
    }
    assert (report.priced, report.resources, report.coverage_percent) == (1, 20, 5)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.name)
def test_every_resource_of_a_foreign_program_is_in_exactly_one_state(file: Path) -> None:
    report, graph = report_of(file.name), read_plan(file)
    counted = [one for one in graph.resources.values() if one.custom and not one.type.startswith("pulumi:")]
    assert report.resources == len(counted)
    assert report.total.ordered
