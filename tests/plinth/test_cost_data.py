"""The committed tables: every figure has a source and a date, every rule finds its prices, every type of the stacks is known."""

import csv
import re
from pathlib import Path

import pytest

from plinth.cost.catalogue import RULES, is_counted, state_of, verdict_of
from plinth.cost.estimate import estimate
from plinth.cost.line import SPOT
from plinth.cost.sheet import Sku, dated, read, sheet
from plinth.cost.usage import METERS
from plinth.engine.graph import Graph
from stack.config.cost import Usage
from stack.config.loader import load_all
from tests.harness import ROOT, STACKS, graphs
from tests.program.switched import ADOPTED, SWITCHES, planned, turned_on

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def switched_on(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A stack with everything on that has a switch."""
    own = [switch for switch in SWITCHES if switch != ADOPTED]
    return planned(tmp_path_factory.mktemp("switched"), "dev", turned_on(*own))


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@pytest.mark.parametrize("name", ["prices.csv", "regions.csv"])
def test_every_figure_has_a_source_a_date_and_a_confidence(name: str) -> None:
    for row in rows(name):
        assert len(row["source"]) > 10, row
        assert row["as_of"] == "undated" or dated(row["as_of"]), row
        assert row["confidence"] in ("high", "medium", "low"), row


def test_no_price_is_given_twice() -> None:
    keys = [(row["service"], row["sku"]) for row in rows("prices.csv")]
    assert len(keys) == len(set(keys)) == len(sheet().prices)
    factors = [(row["region"], row["service"], row["sku"]) for row in rows("regions.csv")]
    assert len(factors) == len(set(factors))


def test_every_factor_is_of_a_price_and_is_plausible() -> None:
    for row in rows("regions.csv"):
        name = row["sku"]
        named = [sku for sku in sheet().prices if sku.service == row["service"]]
        assert [sku for sku in named if (sku.sku.startswith(name[:-1]) if name.endswith("*") else sku.sku == name)], row
        assert 0.7 <= float(row["factor"]) <= 2, row


def test_the_row_that_says_most_of_a_name_wins(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("service,sku,unit,usd,source,as_of,confidence\n")
    names = {"*": "1.1", "nat*": "1.2", "nat-gateway": "1.3"}
    for order in (list(names), list(reversed(names))):
        lines = [f"far-1,vpc,{name},{names[name]},somewhere,2026-01-01,high" for name in order]
        (tmp_path / "regions.csv").write_text("\n".join(["region,service,sku,factor,source,as_of,confidence", *lines, ""]))
        found = [read(tmp_path).factor(Sku("vpc", sku), "far-1") for sku in ("vpn", "nat-gateway-data", "nat-gateway")]
        assert [str(one.factor) for one in found if one] == ["1.1", "1.2", "1.3"]
    assert sheet().factor(Sku("vpc", "nat-gateway"), "ap-south-2") is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("vpc,x,hour,cheap,somewhere,2026-01-01,high", "'cheap' is no price"),
        ("vpc,x,hour,-1,somewhere,2026-01-01,high", "'-1' is no price"),
        ("vpc,x,hour,NaN,somewhere,2026-01-01,high", "'NaN' is no price"),
        ("vpc,x,hour,1,,2026-01-01,high", "must have 7 columns, and a source"),
        ("vpc,x,hour,1", "must have 7 columns, and a source"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "prices.csv").write_text(f"service,sku,unit,usd,source,as_of,confidence\n{line}\n")
    (tmp_path / "regions.csv").write_text("region,service,sku,factor,source,as_of,confidence\n")
    with pytest.raises(ValueError, match=rf"prices\.csv:2: {re.escape(problem)}"):
        read(tmp_path)


def test_every_type_without_a_rule_has_one_row_with_a_reason_and_a_source() -> None:
    found = rows("types.csv")
    tokens = [row["type"] for row in found]
    assert len(tokens) == len(set(tokens))
    assert tokens == sorted(tokens)
    assert not set(tokens) & set(RULES)
    assert all(row["reason"] and row["source"].startswith("https://") for row in found)
    assert {row["state"] for row in found} == {"free", "unpriced"}


def test_spot_has_its_share_in_the_sheet() -> None:
    low, expected, high = (sheet().prices[sku].usd for sku in SPOT)
    assert 0 < low <= expected <= high == 1


@pytest.mark.requirement("DEL-19", part="every type of the stacks is priced, free for a reason, or listed")
@pytest.mark.parametrize("stack", STACKS)
def test_every_type_of_a_stack_is_priced_free_or_listed_by_decision(stack: str) -> None:
    assert unknown(graphs()[stack]) == []


def test_so_is_every_type_that_a_switch_brings(switched_on: Graph) -> None:
    assert unknown(switched_on) == []


def unknown(graph: Graph) -> list[str]:
    tokens = {one.type for one in graph.resources.values() if one.custom and is_counted(one.type)}
    return sorted(token for token in tokens if state_of(token) == "unknown")


@pytest.mark.parametrize(
    "token",
    [
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/user:User",
        "random:index/randomPassword:RandomPassword",
    ],
)
def test_what_comes_next_is_known_already(token: str) -> None:
    verdict = verdict_of(token)
    assert verdict is not None
    assert verdict.state == "free"
    assert state_of("aws:kms/replicaKey:ReplicaKey") == state_of("aws:ssm/parameter:Parameter") == "priced"


def test_every_key_of_use_in_the_stack_file_is_a_meter_and_every_meter_of_the_stacks_has_a_key(switched_on: Graph) -> None:
    keys = {str(field.alias) for field in Usage.model_fields.values()}
    everything = (*graphs().values(), switched_on)
    metered = {key for graph in everything for key in estimate(graph, sheet(), {}).missing}
    assert keys == metered
    assert keys <= set(METERS)
    for stack in load_all(ROOT, STACKS).values():
        assert {key for key, _ in stack.config.cost.usage.figures()} == keys
