"""What a report adds up to, by whatever it is grouped, and what it leaves out by name."""

import random
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plinth.cost.estimate import estimate
from plinth.cost.quantity import Range, total
from plinth.cost.report import GROUPINGS, against, ages, headline
from plinth.cost.sheet import sheet
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import UNKNOWN
from tests.plinth.cost_stacks import PROVIDER, charge, costs, expected, gaps, made, stack, urn_of

KINDS = (
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:kms/key:Key",
    "aws:route53/zone:Zone",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:sqs/queue:Queue",
    "aws:ec2/subnet:Subnet",
    "aws:glue/devEndpoint:DevEndpoint",
)
counts = st.fixed_dictionaries({token: st.integers(0, 6) for token in KINDS})
figures = st.lists(st.integers(0, 200_000), min_size=3, max_size=3).map(lambda three: Range.of(*sorted(three)))
uses = st.fixed_dictionaries({}, optional=dict.fromkeys(("natGb", "egressGb", "kmsRequestsThousand", "logsGb"), figures))


def many(kinds: dict[str, int]) -> list[Resource]:
    return [
        made(token, f"{index:02}", region="us-east-1" if index % 3 else "us-west-2", tags={"workload": f"w{index % 4}"})
        for token, count in kinds.items()
        for index in range(count)
    ]


@given(counts, uses)
def test_every_grouping_adds_up_to_the_total_and_every_resource_has_one_state(
    kinds: dict[str, int], usage: dict[str, Range]
) -> None:
    report = costs(*many(kinds), usage=usage)
    for key in GROUPINGS.values():
        assert total(report.by(key).values()) == report.total
    assert report.resources == sum(kinds.values())
    assert report.total.ordered
    assert (report.baseline - report.total).low >= 0
    assert 0 <= report.coverage_percent <= 100


@given(counts, uses, st.randoms())
def test_the_order_of_resources_changes_nothing(kinds: dict[str, int], usage: dict[str, Range], order: random.Random) -> None:
    resources = many(kinds)
    shuffled = order.sample(resources, len(resources))
    one, two = costs(*resources, usage=usage), costs(*shuffled, usage=usage)
    assert (one.total, one.charges, one.priced, one.waiting) == (two.total, two.charges, two.priced, two.waiting)


@given(counts, figures, st.integers(0, 50_000))
def test_more_of_anything_never_costs_less(kinds: dict[str, int], figure: Range, more: int) -> None:
    resources = many({**kinds, KINDS[1]: 2})
    before = costs(*resources, usage={"egressGb": figure}).total
    after = costs(*resources, usage={"egressGb": figure + Range.of(more)}).total
    another = costs(*resources, made("aws:kms/key:Key", "one-more"), usage={"egressGb": figure}).total
    assert all(
        low <= high
        for low, high in zip((before.low, before.expected, before.high), (after.low, after.expected, after.high), strict=True)
    )
    assert another.expected == before.expected + 1


def test_a_figure_of_use_is_shared_by_those_that_meter_it() -> None:
    report = costs(*(made("aws:ec2/natGateway:NatGateway", name) for name in "abc"), usage={"natGb": 100})
    shares = [one.quantity.expected for one in report.charges if one.usage == "natGb"]
    assert sum(shares) == 100
    assert max(shares) - min(shares) <= Decimal("0.000001")


def test_steps_are_filled_by_all_resources_of_a_region_together() -> None:
    zones = [made("aws:route53/zone:Zone", f"{index:02}") for index in range(30)]
    assert costs(*zones).total.expected == 25 * Decimal("0.5") + 5 * Decimal("0.1")
    gateways = [made("aws:ec2/internetGateway:InternetGateway", name) for name in "ab"]
    report = costs(*gateways, usage={"egressGb": 30_000})
    assert report.total.expected == 10_240 * Decimal("0.09") + 19_760 * Decimal("0.085")
    assert report.charges[0].working == "15000 = 10240 x $0.09 + 4760 x $0.085"


def test_three_dashboards_are_free_and_the_fourth_is_not() -> None:
    boards = [made("aws:cloudwatch/dashboard:Dashboard", name) for name in "abcd"]
    assert costs(*boards[:3]).total.expected == 0
    assert costs(*boards).total.expected == 3


def test_use_that_is_not_given_is_told_and_is_not_nothing() -> None:
    report = costs(made("aws:ec2/natGateway:NatGateway"), made("aws:sqs/queue:Queue", "one"), made("aws:sqs/queue:Queue", "two"))
    assert report.missing == {"natGb": 1, "queueRequestsMillion": 2}
    assert len(report.waiting) == 2
    assert (report.priced, round(report.coverage_percent)) == (1, 33)


def test_a_figure_that_nothing_is_charged_by_is_told() -> None:
    report = costs(made("aws:kms/key:Key"), usage={"natGb": 10, "kmsRequestsThousand": 1, "logsGb": 0})
    assert report.unmetered == ["natGb"]


def test_a_resource_is_where_it_says_else_where_its_provider_is() -> None:
    gateway = "aws:ec2/natGateway:NatGateway"
    report = costs(made(gateway, "here"), made(gateway, "there", region="us-east-1"), region="eu-central-1")
    here, there = report.charges
    assert (here.region, here.cost.expected) == ("eu-central-1", 730 * Decimal("0.045") * Decimal("1.155556"))
    assert here.working == "730 h x $0.045 x 1.155556 (eu-central-1)"
    assert "eu-central-1-pricing.json" in here.factor.source
    assert (there.region, there.cost.expected) == ("us-east-1", 730 * Decimal("0.045"))


def test_a_region_without_a_factor_has_no_price() -> None:
    assert gaps(costs(made("aws:ec2/natGateway:NatGateway"), region="ap-south-2")) == [
        "no price for vpc nat-gateway in ap-south-2"
    ]
    assert gaps(costs(made("aws:ec2/natGateway:NatGateway"), region=UNKNOWN)) == [
        "no price for vpc nat-gateway in a region that the plan does not say"
    ]


def test_what_is_sold_everywhere_at_one_price_needs_no_region() -> None:
    report = costs(made("aws:route53/zone:Zone"), region=UNKNOWN, usage={"dnsQueriesThousand": 0})
    assert (report.total.expected, report.charges[0].region) == (Decimal("0.5"), "global")


def test_charges_belong_to_the_outermost_component_and_to_the_workload_of_their_tags() -> None:
    component = Resource(urn=urn_of("plinth:networking:Network", "network"), custom=False, inputs={}, outputs={})
    inner = Resource(urn=urn_of("plinth:x:Inner", "inner"), custom=False, inputs={}, outputs={}, parent=component.urn)
    provider = Resource(
        urn=PROVIDER, custom=True, inputs={"region": "us-east-1", "defaultTags": '{"tags": {"workload": "platform"}}'}, outputs={}
    )
    key = "urn:pulumi:test::shop::aws:kms/key:Key::"
    resources = [
        provider,
        component,
        inner,
        Resource(urn=f"{key}a", custom=True, inputs={}, outputs={}, parent=inner.urn, provider=PROVIDER),
        Resource(urn=f"{key}b", custom=True, inputs={"tags": {"workload": "booking"}}, outputs={}, provider=PROVIDER),
        Resource(urn=f"{key}c", custom=True, inputs={"tags": UNKNOWN, "region": "us-east-1"}, outputs={}),
    ]
    graph = Graph(project="shop", stack="test", resources={one.urn: one for one in resources}, outputs={})
    report = estimate(graph, sheet(), {"kmsRequestsThousand": Range.of(0)})
    assert {name: cost.expected for name, cost in report.by(GROUPINGS["component"]).items()} == {"b": 1, "c": 1, "network": 1}
    assert set(report.by(GROUPINGS["workload"])) == {"platform", "booking", "(no tag)"}


def test_the_total_is_held_against_the_ceiling_with_its_arithmetic() -> None:
    report = costs(made("aws:acmpca/certificateAuthority:CertificateAuthority"))
    assert against(report, 399).exceeded
    assert against(report, 399).arithmetic == "$ 400.00 expected - $ 399.00 ceiling = $ 1.00 above"
    assert not against(report, 400).exceeded
    assert against(report, 500).arithmetic.endswith("$ 100.00 below")


def test_the_headline_says_the_total_its_range_and_how_much_is_known() -> None:
    report = costs(
        *(made("aws:acmpca/certificateAuthority:CertificateAuthority", name) for name in "abc"),
        made("aws:ec2/internetGateway:InternetGateway"),
        made("aws:glue/devEndpoint:DevEndpoint"),
        usage={"egressGb": Range.of(100, 200, 1000)},
    )
    assert headline(report) == "$ 1,218 / month (1,209-1,290, 80 % priced)"


@pytest.mark.parametrize(
    ("today", "old"), [(date(2026, 1, 1), 1), (date(2025, 12, 31), 0), (date(2028, 3, 2), 1), (date(2028, 3, 3), 2)]
)
def test_prices_older_than_eighteen_months_are_named(today: date, old: int) -> None:
    report = costs(made("aws:ec2/natGateway:NatGateway"), made("aws:ec2/vpnConnection:VpnConnection"), usage={"natGb": 1})
    found = ages(report, today)
    assert (found.newest, found.oldest) == (date(2026, 9, 3), date(2024, 7, 1))
    names = ["vpc nat-gateway", "vpc nat-gateway-data", "vpc site-to-site-vpn-connection"]
    assert list(map(str, found.old)) == (names[-1:] if old == 1 else names if old == 2 else [])


def test_prices_without_a_date_are_named() -> None:
    report = costs(made("aws:budgets/budget:Budget"))
    assert list(map(str, ages(report, date(2026, 1, 1)).undated)) == ["budgets budget without actions"]


def test_pulumis_own_things_and_components_are_not_counted() -> None:
    component = Resource(urn=urn_of("plinth:networking:Network", "network"), custom=False, inputs={}, outputs={})
    assert costs(component, made("pulumi:pulumi:StackReference")).resources == 0
    assert costs(made("random:index/randomPassword:RandomPassword")).free == {
        "random:index/randomPassword:RandomPassword": (1, "made by the program itself; it exists in the state of the stack alone")
    }


def test_a_thousand_resources_are_priced_in_a_third_of_a_second() -> None:
    tokens = ("aws:ec2/natGateway:NatGateway", "aws:kms/key:Key", "aws:ec2/subnet:Subnet", "aws:cloudwatch/logGroup:LogGroup")
    graph = stack(*(made(token, f"{index}", retentionInDays=7) for token in tokens for index in range(250)))
    usage = {key: Range.of(1, 2, 3) for key in ("natGb", "logsGb", "kmsRequestsThousand")}
    prices = sheet()
    start = time.process_time()
    report = estimate(graph, prices, usage)
    assert time.process_time() - start < 0.3
    assert (
        charge(costs(made(tokens[0])), "gateway hours").cost.expected * 250
        == total(one.cost for one in report.charges if one.what == "gateway hours").expected
    )


def test_what_is_only_read_costs_nothing_and_says_why() -> None:
    database = made("aws:rds/instance:Instance", instanceClass="db.t4g.micro", engine="postgres", allocatedStorage=20)
    found = costs(replace(database, external=True))
    assert (expected(found), found.free, found.coverage_percent) == (
        0,
        {"aws:rds/instance:Instance (read)": (1, "read, not part of the stack")},
        100,
    )
    assert expected(costs(database)) > 0
