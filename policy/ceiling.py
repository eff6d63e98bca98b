"""POL-17, the cost guard: a stack whose estimate is above its ceiling, or that has more NAT gateways than zones, does not go up.

The same estimate as that of `plinth cost`, on what the engine is about to do; the ceiling, the use and the zones are those of the
stack file. A stack without a file here, one of another program, is let through.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pulumi_policy import EnforcementLevel, Policy, PolicyPack, ReportViolation, StackValidationArgs, StackValidationPolicy
from pulumi_policy.policy import PolicyResource

from plinth.cost.estimate import estimate
from plinth.cost.report import against, cents
from plinth.cost.sheet import sheet
from plinth.cost.usage import usage_of
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import SECRET, UNKNOWN
from plinth.engine.values import Value as PlainValue
from policy.crossguard import planned
from policy.rules.view import Mark, Value, is_list, is_map
from stack.config.faults import ConfigError
from stack.config.loader import load_all
from stack.config.model import StackConfig

_NAT = "aws:ec2/natGateway:NatGateway"
_LARGEST = 3
_ADVISED = frozenset({"dev"})
"""Stacks in which the guard advises and does not block."""


def serve() -> None:
    """Serves the pack to the engine; returns when the engine ends it."""
    PolicyPack("cost", policies(Path(__file__).resolve().parent.parent))


def policies(root: Path) -> list[Policy]:
    """The guard twice: where it blocks, and where it advises. `root` is the folder of the stack files."""
    return [_policy(root, blocks=True), _policy(root, blocks=False)]


def excesses(graph: Graph, config: StackConfig) -> Iterator[str]:
    """What is above its limit, each with its arithmetic."""
    found = estimate(graph, sheet(), usage_of(config.cost))
    verdict = against(found, config.cost.ceiling_usd_month)
    if verdict.exceeded:
        most = ", ".join(f"{one.name} {one.what} {cents(one.cost.expected)}" for one in found.largest(_LARGEST))
        yield f"[cost-under-ceiling] {verdict.arithmetic} a month; the most of it: {most}. See plinth cost"
    gateways, zones = len(graph.of_type(_NAT)), len(config.platform.zones)
    if gateways > zones:
        yield f"[nat-per-zone] {gateways} NAT gateways for {zones} zones. One in each is as many as can be of use"


def _policy(root: Path, *, blocks: bool) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        graph = _graph(args.resources)
        config = _config(root, graph.stack)
        if config and (graph.stack not in _ADVISED) is blocks:
            for message in excesses(graph, config):
                report(message, None)

    return StackValidationPolicy(
        name="ceiling" if blocks else "ceiling-advice",
        description="A stack stays under the ceiling of its stack file (docs/PRICES.md)",
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY if blocks else EnforcementLevel.ADVISORY,
    )


def _config(root: Path, stack: str) -> StackConfig | None:
    try:
        return load_all(root, [stack])[stack].config if stack else None
    except ConfigError:
        return None


def _graph(resources: Sequence[PolicyResource]) -> Graph:
    """The stack that the engine shows, as far as prices need it: what is what, where it is, how large."""
    urns = [found.urn for found in resources]
    head, project = urns[0].split("::")[:2] if urns else ("", "")
    found = {one.urn: _resource(one) for one in resources}
    providers = {one.provider.urn: _provider(one, one.provider.urn) for one in resources if one.provider}
    return Graph(project=project, stack=head.rsplit(":", 1)[-1], resources={**providers, **found}, outputs={})


def _resource(found: PolicyResource) -> Resource:
    seen = planned(found)
    provider = found.provider.urn if found.provider else ""
    inputs = _written(seen.props)
    return Resource(urn=found.urn, custom=True, inputs=inputs, outputs=inputs, provider=provider)


def _provider(found: PolicyResource, urn: str) -> Resource:
    """The provider of a resource: it says the region where the resource does not."""
    return Resource(urn=urn, custom=True, inputs=_written(planned(found).provider), outputs={})


def _written(props: Mapping[str, Value]) -> dict[str, PlainValue]:
    return {key: _plain(value) for key, value in props.items()}


def _plain(value: Value) -> PlainValue:
    """A value with the marks that a graph has in place of those that a rule sees."""
    if isinstance(value, Mark):
        return UNKNOWN if value is Mark.UNKNOWN else SECRET
    if is_map(value):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if is_list(value) else value
