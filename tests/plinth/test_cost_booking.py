"""What dev costs for the booking platform alone, against the 70 to 80 USD a month that its own document counts with."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from plinth.cost.estimate import estimate
from plinth.cost.quantity import Range, total
from plinth.cost.report import CostReport
from plinth.cost.sheet import sheet
from plinth.cost.usage import usage_of
from stack.config.document import Json, KeyPath, read
from tests.harness import ROOT, stacks
from tests.program.switched import DATA, SERVICES, planned

STORAGE, LOAD_BALANCERS = "plinth:storage", "plinth:loadBalancers"
COUNTED = {"tasks-booking", "tasks-booking-worker", "postgres", "load-balancer-public", "endpoints"}
"""The components that stand for what the document counts: Fargate, the database, the load balancer, endpoints."""


def booking_alone() -> Mapping[KeyPath, Json]:
    """Nothing in dev but booking, its worker, and what they use."""
    values: Any = read(ROOT, "dev", "plinth").values
    services: dict[str, Any] = {
        name: {**values[SERVICES][name], "access": [one for one in values[SERVICES][name]["access"] if one["to"] != "queue.jobs"]}
        for name in ("booking", "booking-worker")
    }
    return {
        (SERVICES,): services,
        (LOAD_BALANCERS,): {"public": values[LOAD_BALANCERS]["public"]},
        (DATA, "mysql", "enabled"): False,
        (DATA, "queues"): {},
        (STORAGE, "buckets"): {"media": values[STORAGE]["buckets"]["media"]},
        ("plinth:machines", "patching", "enabled"): False,
    }


def by_component(report: CostReport) -> Mapping[str, Range]:
    return report.by(lambda charge: charge.component)


def without_hours_and_spot(report: CostReport) -> Mapping[str, Range]:
    """The same where no task is cheaper for its hours or its market; one zone of endpoints stays one."""
    tasks = {name: total(one.baseline for one in report.charges if one.component == name) for name in COUNTED if "tasks" in name}
    return {**by_component(report), **tasks}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> CostReport:
    graph = planned(tmp_path_factory.mktemp("booking"), "dev", booking_alone())
    return estimate(graph, sheet(), usage_of(stacks()["dev"].config.cost))


def table() -> Mapping[str, Decimal]:
    """What docs/PRICES.md says, by the first words of each row."""
    rows = (line.strip("| ").replace("*", "").split(" | ") for line in (ROOT / "docs/PRICES.md").read_text().splitlines())
    return {row[0].split(",")[0]: Decimal(row[1]) for row in rows if len(row) == 2 and row[1].replace(".", "").isdigit()}


@pytest.mark.requirement(
    "CST-04", part="dev, for booking: within 70 to 80 by what its document counts; budgets come with their part"
)
def test_what_the_document_counts_comes_to_its_figure_before_office_hours_and_spot(alone: CostReport) -> None:
    before, now = (
        {name: cost.expected for name, cost in of(alone).items() if name in COUNTED}
        for of in (without_hours_and_spot, by_component)
    )
    assert before.keys() == COUNTED
    assert 70 <= sum(before.values()) <= 80
    said = table()
    assert round(before["tasks-booking"] + before["tasks-booking-worker"], 2) == said["Fargate"]
    assert round(before["postgres"], 2) == said["PostgreSQL"]
    assert round(before["load-balancer-public"], 2) == said["load balancer"]
    assert round(before["endpoints"], 2) == said["interface endpoints"]
    assert round(sum(before.values(), Decimal(0)), 2) == said["what booking's own document counts"]
    assert round(sum(now.values(), Decimal(0)), 2) == said["the same with office hours and Spot"]


def test_the_whole_of_it_costs_more_for_what_the_document_leaves_out(alone: CostReport) -> None:
    """The way to the internet, the metrics of containers, and the cache: none of them is in its list for dev."""
    sums = {name: cost.expected for name, cost in by_component(alone).items()}
    left_out = {name: sums.pop(name) for name in ("network", "containers", "cache-redis")}
    rest = sum((cost for name, cost in sums.items() if name not in COUNTED), Decimal(0))
    said = table()
    assert round(left_out["network"], 2) == said["NAT gateway with its address and traffic"]
    assert round(left_out["containers"], 2) == said["metrics of Container Insights"]
    assert round(left_out["cache-redis"], 2) == said["Redis"]
    assert round(rest, 2) == said["keys"]
    assert round(alone.total.expected, 2) == said["all of it"]
    assert alone.coverage_percent == 100
