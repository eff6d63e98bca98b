"""Stacks for the tests of costs, built from plain data: resources of one provider, with what refers to what."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from plinth.cost.estimate import estimate
from plinth.cost.quantity import Range
from plinth.cost.report import Charge, CostReport
from plinth.cost.sheet import sheet
from plinth.engine.graph import Graph, Resource

PROVIDER = "urn:pulumi:test::shop::pulumi:providers:aws::aws"


def provider(region: str = "us-east-1") -> Resource:
    return Resource(urn=PROVIDER, custom=True, inputs={"region": region}, outputs={})


def urn_of(token: str, name: str) -> str:
    return f"urn:pulumi:test::shop::{token}::{name}"


def made(token: str, name: str = "it", refers: Mapping[str, tuple[str, ...]] | None = None, /, **inputs: Any) -> Resource:
    """A resource. `refers` holds the URNs that its properties were made from."""
    return Resource(
        urn=urn_of(token, name),
        custom=True,
        inputs=inputs,
        outputs={},
        provider=PROVIDER,
        property_dependencies=refers or {},
    )


def stack(*resources: Resource, region: str = "us-east-1") -> Graph:
    everything = (provider(region), *resources)
    return Graph(project="shop", stack="test", resources={one.urn: one for one in everything}, outputs={})


def costs(*resources: Resource, usage: Mapping[str, Range | int] | None = None, region: str = "us-east-1") -> CostReport:
    """What these resources cost; figures of use by their keys."""
    figures = {key: figure if isinstance(figure, Range) else Range.of(figure) for key, figure in (usage or {}).items()}
    return estimate(stack(*resources, region=region), sheet(), figures)


def expected(report: CostReport) -> Decimal:
    return report.total.expected


def charge(report: CostReport, what: str) -> Charge:
    found = [one for one in report.charges if one.what == what]
    assert len(found) == 1, [one.what for one in report.charges]
    return found[0]


def gaps(report: CostReport) -> list[str]:
    return [one.reason for one in report.unpriced]
