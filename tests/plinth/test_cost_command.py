"""`plinth cost`: what the three stacks cost, against their ceilings and their baseline, for people and as JSON."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plinth.cost.estimate import estimate
from plinth.cost.report import CostReport, against
from plinth.cost.sheet import sheet
from plinth.cost.usage import usage_of
from plinth.engine.graph import name_of
from stack.config.loader import load_all
from stack.config.rules import breaches
from tests.harness import ROOT, STACKS, Done, graphs, plinth_here, project_copy, replace_in, stacks

CEILINGS = {"dev": 500, "staging": 1500, "prod": 5000}
ABROAD = {
    "bucket-backups-vault-bucket": "no price for s3 standard-storage (first 50 TB) in eu-west-1",
    "bucket-backups-vault-lifecycle": "no price for s3 glacier-flexible-storage in eu-west-1",
    "logs-vault-all-bucket": "no price for s3 standard-storage (first 50 TB) in eu-west-1",
    "logs-vault-all-lifecycle": "no price for s3 standard-ia-storage in eu-west-1",
    **{
        f"bucket-{name}-replication": "the sheet has no price for transfer between regions; "
        "the copies are buckets of their own and are counted"
        for name in ("backups", "frontend", "media", "static")
    },
    "account-image-scans": "the sheet has no price for scans of Amazon Inspector; basic scans are free",
}
"""What of prod the sheet has no price for: nearly all of it what it keeps in another region."""
UNPRICED: Mapping[str, Mapping[str, str]] = {"dev": {}, "staging": {}, "prod": ABROAD}
PRICED = {"dev": 100, "staging": 100, "prod": 98}
"""How much of the stack is priced, in whole percent, rounded down."""
FOREIGN = Path(__file__).parent / "foreign"


def report_of(stack: str) -> CostReport:
    section = stacks()[stack].config.cost
    return estimate(graphs()[stack], sheet(), usage_of(section))


def own_plan(folder: Path) -> str:
    """What the engine's state of `dev` would hold, in a file: read in no time, unlike a recording."""
    states: list[dict[str, Any]] = [
        {
            "urn": one.urn,
            "custom": one.custom,
            "type": one.type,
            "parent": one.parent,
            "inputs": one.inputs,
            "outputs": {},
            "provider": f"{one.provider}::id",
            "propertyDependencies": one.property_dependencies,
        }
        for one in graphs()["dev"].resources.values()
    ]
    file = folder / "dev.json"
    file.write_text(json.dumps({"deployment": {"resources": states}}))
    return str(file)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    copy = project_copy(tmp_path)

    def run(*arguments: str) -> Done:
        return plinth_here(copy, "cost", *arguments, patch=monkeypatch, capture=capsys)

    run.folder = copy  # pyright: ignore[reportFunctionMemberAccess]
    return run


@pytest.mark.requirement("DEL-19")
@pytest.mark.requirement("POL-17", part="the estimate under the ceiling of its stack")
@pytest.mark.parametrize("stack", STACKS)
def test_each_stack_is_under_the_ceiling_that_its_requirements_name(stack: str) -> None:
    section = stacks()[stack].config.cost
    report = report_of(stack)
    assert section.ceiling_usd_month == CEILINGS[stack]
    assert 0 < report.total.expected <= CEILINGS[stack]
    assert not against(report, section.ceiling_usd_month).exceeded
    assert int(report.coverage_percent) == PRICED[stack]
    assert (report.missing, report.unmetered) == ({}, [])
    assert {name_of(one.urn): one.reason for one in report.unpriced} == UNPRICED[stack]


PURPOSES = ("logs", "data", "storage", "secrets", "backup", "config")


def test_the_network_of_dev_by_hand() -> None:
    charges = {f"{one.name}: {one.what}": one.cost.expected for one in report_of("dev").charges}
    hour = Decimal(730)
    network = {name: cost for name, cost in charges.items() if name.startswith(("network-", "endpoints-", "discovery-"))}
    fixed = {name: cost for name, cost in network.items() if "hours" in name or "zone" in name}
    assert fixed | {name: cost for name, cost in charges.items() if name.endswith(": key")} == {
        "network-nat-a: gateway hours": hour * Decimal("0.045"),
        "network-nat-a-address: address hours": hour * Decimal("0.005"),
        **{f"endpoints-{name}: network interface hours": hour * Decimal("0.01") for name in ("ecr-api", "ecr-dkr", "logs")},
        "discovery-namespace: hosted zone": Decimal("0.5"),
        **{f"{purpose}-encryption-key: key": Decimal(1) for purpose in PURPOSES},
        "network-vpc: data between zones, out of one and into the other": 5 * 2 * Decimal("0.01"),
    }
    for name, price in {"mysql-primary: db.t3.micro": "0.017", "cache-redis-group: cache.t3.micro node": "0.017"}.items():
        assert charges[f"{name} hours"] == hour * Decimal(price)
    for name in ("public", "stream"):
        assert charges[f"load-balancer-{name}-balancer: load balancer hours"] == hour * Decimal("0.0225")
    assert charges["network-nat-a: data processed"] == 30 * Decimal("0.045")
    records = [cost for name, cost in charges.items() if name.endswith(": logs taken in")]
    assert float(sum(records)) == pytest.approx(float(5 * Decimal("0.5")), rel=1e-4)  # in even shares of all log groups


@pytest.mark.requirement("CST-11", part="dev costs less than 500 USD by the price table; one NAT gateway, endpoints in one zone")
@pytest.mark.requirement("CST-10", part="baseline, optimised and percent of each stack; staging and prod save by Spot alone")
def test_dev_saves_more_than_a_fifth_against_the_same_network_in_every_zone() -> None:
    report = report_of("dev")
    assert report.total.expected < 500
    gateways, endpoints = 2 * 730 * Decimal("0.045"), 3 * 2 * 730 * Decimal("0.01")
    saved: dict[str, Decimal] = {}
    for one in report.charges:
        saved[one.saving] = saved.get(one.saving, Decimal(0)) + one.baseline.expected - one.cost.expected
    assert saved.pop("") == 0
    assert report.baseline.expected - report.total.expected == sum(saved.values())
    assert saved["1 NAT gateway, not one in each of 3 zones"] == gateways
    assert saved["an endpoint in 1 of 3 zones"] == endpoints
    assert report.saved_percent >= 20
    assert saved.keys() == {
        "1 NAT gateway, not one in each of 3 zones",
        "an endpoint in 1 of 3 zones",
        "Spot and off-hours: 65 of 168 hours a week",
        "off-hours: 65 of 168 hours a week",
    }


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_a_stack_in_every_zone_at_every_hour_saves_by_spot_alone_and_says_so(stack: str) -> None:
    report = report_of(stack)
    assert {one.saving for one in report.charges if one.saving} == {"Spot"}
    assert 0 < report.saved_percent < 1
    assert report.total.expected < report.baseline.expected


def test_the_command_says_it_for_people(command: Any) -> None:
    done = command()
    assert done.code == 0
    first = [line for line in done.out.splitlines() if line][:3]
    for stack, line in zip(STACKS, first, strict=True):
        total = report_of(stack).total
        assert line.split()[0] == stack
        assert f"$ {total.expected:,.0f} / month ({total.low:,.0f}-{total.high:,.0f}, {PRICED[stack]} % priced)" in line
        assert line.endswith(f", ceiling {CEILINGS[stack]:,}")
    assert "730 h x $0.045" in done.out
    assert "coverage  100 % of" in done.out
    assert "baseline" in done.out
    assert done.out.rstrip().splitlines()[-1].startswith("next")


def test_and_as_json_with_every_arithmetic_and_source(command: Any) -> None:
    done = command("--from", own_plan(command.folder), "--json")
    (found,) = json.loads(done.out)["stacks"]
    report = report_of("dev")
    assert found["headline"].startswith("$ ")
    assert found["total"]["expected"] == pytest.approx(float(report.total.expected))
    assert sum(one["cost"]["expected"] for one in found["charges"]) == pytest.approx(found["total"]["expected"])
    for sums in found["by"].values():
        assert sum(one["expected"] for one in sums.values()) == pytest.approx(found["total"]["expected"])
    rows: Mapping[str, Any] = {row["sku"]: row for row in found["prices"]["rows"]}
    for one in found["charges"]:
        assert one["working"]
        assert all(rows[sku]["source"] and rows[sku]["asOf"] for sku in one["prices"])
    assert found["ceiling"] == {"usd": 500.0, "exceeded": False, "arithmetic": against(report, 500).arithmetic}
    assert found["coverage"]["percent"] == 100


@pytest.mark.requirement("DEL-19", part="a stack above its ceiling fails")
def test_a_stack_above_its_ceiling_fails_with_the_arithmetic(command: Any) -> None:
    replace_in(command.folder / "Pulumi.dev.yaml", r"ceilingUsdMonth: 500", "ceilingUsdMonth: 50")
    done = command("--from", own_plan(command.folder))
    assert done.code == 1
    assert "ceiling 50, exceeded" in done.out
    assert f"dev is too dear  {against(report_of('dev'), 50).arithmetic}" in done.out
    assert "raise cost.ceilingUsdMonth in Pulumi.dev.yaml" in done.out


def test_a_program_of_somebody_else_has_no_ceiling_and_no_figures_of_use(command: Any) -> None:
    done = command("--from", str(FOREIGN / "webshop.preview.json"))
    assert done.code == 0
    assert "ceiling" not in done.out.splitlines()[0]
    assert "usage not given  s3Gb: GB in S3 Standard (1 resources)" in done.out
    odd = command("--from", str(FOREIGN / "odd.export.json"))
    assert "no price  3 aws:ebs/volume:Volume: size is out of range; size is no number" in odd.out
    assert "next   docs/PRICES.md says how a price or a type is added" in odd.out


def test_a_plan_of_our_own_stack_has_its_ceiling_and_its_figures(command: Any) -> None:
    (found,) = json.loads(command("--from", own_plan(command.folder), "--json").out)["stacks"]
    assert found["ceiling"]["usd"] == 500
    assert found["usageNotGiven"] == {}
    assert found["total"]["expected"] == pytest.approx(float(report_of("dev").total.expected))


@pytest.mark.parametrize(
    ("figures", "key", "problem"),
    [
        ({"low": 9, "expected": 5, "high": 10}, "expected", "5 is less than low, which is 9"),
        ({"low": 1, "expected": 5, "high": 4}, "high", "4 is less than expected, which is 5"),
    ],
)
def test_figures_of_use_that_do_not_rise_are_refused(figures: dict[str, int], key: str, problem: str) -> None:
    config = load_all(ROOT, ["dev"])["dev"].config
    usage = config.cost.usage
    wrong = usage.model_copy(update={"nat_gb": usage.nat_gb.model_copy(update=figures)})
    changed = config.model_copy(update={"cost": config.cost.model_copy(update={"usage": wrong})})
    (breach,) = breaches(changed)
    assert breach.path == ("plinth:cost", "usage", "natGb", key)
    assert breach.problem == problem
