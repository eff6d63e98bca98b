"""From a graph to its cost: each resource is asked what it takes, each quantity is priced, nothing is left out in silence."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from plinth.cost.catalogue import RULES, is_counted, verdict_of
from plinth.cost.item import Item, UndeterminedError, World
from plinth.cost.line import SPOT, Free, Line, Metered, Said, plain
from plinth.cost.quantity import EXACT, NOTHING, ONE, Range, shares
from plinth.cost.report import Charge, CostReport, Unpriced
from plinth.cost.sheet import Factor, Price, Sheet, Sku
from plinth.cost.tiers import between, steps_of
from plinth.cost.usage import Usage
from plinth.engine.graph import Graph, Resource

_NOT_OURS = "read, not part of the stack"


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What a rule said of a resource. `gap` says what it could not tell; empty where it told all."""

    item: Item
    lines: list[Line | Metered] = field(default_factory=list[Line | Metered])
    free: str = ""
    gap: str = ""


def estimate(graph: Graph, sheet: Sheet, usage: Usage) -> CostReport:
    """What the stack costs a month.

    A figure of use is shared evenly by the resources that meter it. Where a price changes with the quantity, the resources of a
    region fill its steps in the order of their URNs: the sum is that of the whole quantity, whatever the order.
    """
    world = World(graph)
    there = [one for one in graph.resources.values() if one.custom and is_counted(one.type)]
    counted = [one for one in there if not one.external]
    answers = [_asked(Item(one, world)) for one in sorted(counted, key=lambda one: one.urn) if one.type in RULES]
    portions = _portions(answers, usage)
    till = _Till(sheet)
    charges: list[Charge] = []
    unpriced = [unknown for one in counted if (unknown := _without_rule(one))]
    waiting: list[str] = []
    free: dict[str, tuple[int, str]] = {**dict(_free_types(counted)), **_read(there)}
    priced = 0
    for answer in answers:
        found = list(till.charges(answer, portions))
        charges += found
        if answer.gap:
            unpriced.append(Unpriced(urn=answer.item.urn, type=answer.item.type, reason=answer.gap))
        elif found:
            priced += 1
        elif answer.lines:
            waiting.append(answer.item.urn)
        else:
            count, _ = free.get(answer.item.type, (0, ""))
            free[answer.item.type] = (count + 1, answer.free)
    metered = {line.usage for answer in answers for line in answer.lines if isinstance(line, Metered)}
    return CostReport(
        stack=graph.stack,
        charges=charges,
        priced=priced,
        free=free,
        waiting=waiting,
        unpriced=unpriced,
        missing={key: _meters_of(answers, key) for key in sorted(metered - usage.keys())},
        unmetered=sorted(key for key, figure in usage.items() if key not in metered and figure.high),
    )


def _asked(item: Item) -> _Answer:
    answer = _Answer(item=item)
    said: Iterable[Said] = RULES[item.type](item)
    try:
        for one in said:
            if isinstance(one, Free):
                answer.free = one.reason
            else:
                answer.lines.append(one)
    except UndeterminedError as error:
        answer.gap = str(error)
    return answer


def _without_rule(resource: Resource) -> Unpriced | None:
    if resource.type in RULES:
        return None
    verdict = verdict_of(resource.type)
    if verdict is None:
        return Unpriced(urn=resource.urn, type=resource.type, reason="the type is not known here")
    return None if verdict.state == "free" else Unpriced(urn=resource.urn, type=resource.type, reason=verdict.reason)


def _free_types(resources: Sequence[Resource]) -> Iterator[tuple[str, tuple[int, str]]]:
    tokens = [resource.type for resource in resources if resource.type not in RULES]
    for token in dict.fromkeys(tokens):
        verdict = verdict_of(token)
        if verdict and verdict.state == "free":
            yield token, (tokens.count(token), verdict.reason)


def _read(resources: Sequence[Resource]) -> Mapping[str, tuple[int, str]]:
    """What is only read is charged to whom it belongs to, whatever resources of its type cost."""
    return {
        f"{token} (read)": (count, _NOT_OURS) for token, count in Counter(one.type for one in resources if one.external).items()
    }


def _portions(answers: Sequence[_Answer], usage: Usage) -> dict[tuple[str, str], Range]:
    """The share of each figure of use that each resource has, by key and URN."""
    found: dict[tuple[str, str], Range] = {}
    for key, figure in usage.items():
        urns = [answer.item.urn for answer in answers if _meters(answer, key)]
        if urns:
            found |= {(key, urn): share for urn, share in zip(urns, shares(figure, len(urns)), strict=True)}
    return found


def _meters(answer: _Answer, key: str) -> bool:
    return any(isinstance(line, Metered) and line.usage == key for line in answer.lines)


def _meters_of(answers: Sequence[_Answer], key: str) -> int:
    return sum(_meters(answer, key) for answer in answers)


class _Till:
    """Prices lines one after the other, and remembers how far the steps of each price are filled."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._filled: dict[tuple[Sku, str], Range] = {}

    def charges(self, answer: _Answer, portions: dict[tuple[str, str], Range]) -> Iterator[Charge]:
        """The charges of a resource. What has no price becomes a gap of the answer."""
        for line in answer.lines:
            try:
                if isinstance(line, Line):
                    yield self._charge(answer.item, line, line.quantity, line.working)
                elif (portion := portions.get((line.usage, answer.item.urn))) is not None:
                    working = plain(portion.expected) + ("" if line.scale == 1 else f" x {plain(line.scale)}")
                    yield self._charge(answer.item, line, portion * line.scale, working)
                else:
                    self._looked_up(line.sku, answer.item)  # what has no price is no matter of use
            except UndeterminedError as error:
                answer.gap = answer.gap or str(error)

    def _charge(self, item: Item, line: Line | Metered, quantity: Range, working: str) -> Charge:
        prices, factor = self._looked_up(line.sku, item)
        spot = self._spot_share() if isinstance(line, Line) and line.spot else None
        steps = self._steps(line.sku, item.region, quantity)
        cost = NOTHING
        for price, portion in zip(prices, steps, strict=True):
            if price:
                cost += portion * price.usd
        cost = cost * factor.factor * (spot or ONE)
        used = tuple(price for price, portion in zip(prices, steps, strict=True) if price and portion.high)
        without = line.without if isinstance(line, Line) else None
        return Charge(
            urn=item.urn,
            type=item.type,
            name=item.resource.name,
            component=item.graph.outermost(item.resource).name,
            workload=item.workload or "(no tag)",
            region=item.region or "global",
            what=line.what,
            sku=line.sku,
            unit=next(price.unit for price in prices if price),
            quantity=quantity,
            working=_working(working, prices, steps, factor, spot),
            kind="usage" if isinstance(line, Metered) else "fixed" if quantity.flat else "scaling",
            usage=line.usage if isinstance(line, Metered) else "",
            cost=cost,
            baseline=self._flat(without.sku or line.sku, item, without.quantity) if without else cost,
            saving=without.because if without else "",
            assumed=line.assumed,
            prices=used + (tuple(self._sheet.prices[sku] for sku in SPOT) if spot else ()),
            factor=factor,
        )

    def _looked_up(self, sku: Sku, item: Item) -> tuple[tuple[Price | None, ...], Factor]:
        """The price of each step of `sku`, none where it is free, and the factor of the region."""
        steps = steps_of(sku)
        unknown = next((step.sku for step in steps if step.sku and step.sku not in self._sheet.prices), None)
        if unknown:
            raise UndeterminedError(f"no price for {unknown}")
        prices = tuple(self._sheet.prices[step.sku] if step.sku else None for step in steps)
        named = next(price.sku for price in prices if price)
        factor = self._sheet.factor(named, item.region)
        if factor is None:
            place = f"in {item.region}" if item.region else "in a region that the plan does not say"
            raise UndeterminedError(f"no price for {named} {place}")
        return prices, factor

    def _flat(self, sku: Sku, item: Item, quantity: Range) -> Range:
        """The cost of a quantity that is sold at one price."""
        (price,), factor = self._looked_up(sku, item)
        return quantity * (price.usd if price else 0) * factor.factor

    def _spot_share(self) -> Range:
        return Range(*(self._sheet.prices[sku].usd for sku in SPOT))

    def _steps(self, sku: Sku, region: str, quantity: Range) -> list[Range]:
        """How much of `quantity` falls on each step, on top of what the steps hold already."""
        steps = steps_of(sku)
        if len(steps) == 1:
            return [quantity]
        start = self._filled.get((sku, region), NOTHING)
        end = start + quantity
        self._filled[sku, region] = end
        columns = [
            between(steps, *pair) for pair in ((start.low, end.low), (start.expected, end.expected), (start.high, end.high))
        ]
        return [Range(*figures) for figures in zip(*columns, strict=True)]


def _working(quantity: str, prices: Sequence[Price | None], steps: Sequence[Range], factor: Factor, spot: Range | None) -> str:
    """`3 zones x 730 h x $0.01`; each step by itself where several are filled."""
    filled = [(portion.expected, price) for portion, price in zip(steps, prices, strict=True) if portion.expected]
    if len(prices) > 1 and filled:
        priced = " + ".join(f"{plain(portion)} x {_usd(price)}" for portion, price in filled)
        text = f"{quantity} = {priced}" if len(filled) > 1 or plain(filled[0][0]) != quantity else priced
    else:
        text = f"{quantity} x {_usd(next(price for price in prices if price))}"
    if spot:
        text += f" x {plain(spot.expected)} (Spot)"
    return text if factor.factor == Decimal(1) else f"{text} x {plain(factor.factor)} ({factor.region})"


def _usd(price: Price | None) -> str:
    return f"${plain(EXACT.plus(price.usd))}" if price else "$0 (free)"
