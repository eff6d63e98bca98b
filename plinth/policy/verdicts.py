"""Every rule against every resource of a graph."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from plinth.engine.graph import Graph
from plinth.engine.values import SECRET, UNKNOWN, Value, with_leaves
from policy.catalogue import RULES
from policy.exceptions import Exemption, stale
from policy.judge import Exemptions, Judgement, Verdict, judge
from policy.rules.rule import Rule
from policy.rules.view import Mark, Resource, Stack

_MARKS: Mapping[object, Mark] = {SECRET: Mark.HIDDEN, UNKNOWN: Mark.UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """All judgements of one stack."""

    graph: Graph
    judgements: Sequence[Judgement]

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many judgements ended in each verdict. A rule counts once for each resource that it applies to."""
        found = Counter(judgement.verdict for judgement in self.judgements)
        return {verdict: found[verdict] for verdict in Verdict}

    def of(self, verdict: Verdict) -> Sequence[Judgement]:
        """The judgements with this verdict."""
        return [judgement for judgement in self.judgements if judgement.verdict is verdict]

    @property
    def blocks(self) -> bool:
        """Whether a mandatory rule is violated."""
        return any(judgement.blocks for judgement in self.judgements)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdicts of some stacks. `stale` lists what is wrong with policy/exceptions.yaml: entries expired or not needed."""

    stacks: Sequence[Verdicts]
    stale: Sequence[str] = field(default_factory=list[str])

    @property
    def failed(self) -> bool:
        """Whether a mandatory rule is violated or an exception is stale."""
        return bool(self.stale) or any(stack.blocks for stack in self.stacks)


def report(graphs: Sequence[Graph], exemptions: Sequence[Exemption], rules: Sequence[Rule] = RULES) -> Report:
    """Judges each of `graphs` by all of `rules`.

    What only the cloud knows is judged by its invented value in a recording; in a plan of the engine it is unknown.
    """
    allowed = Exemptions.of(exemptions)
    stacks = [Verdicts(graph=graph, judgements=tuple(judge(seen(graph), rules, allowed))) for graph in graphs]
    used = [found.exemption for stack in stacks for found in stack.of(Verdict.EXEMPT) if found.exemption]
    looked_at = [one for one in exemptions if any(one.is_in(graph.stack, graph.project) for graph in graphs)]
    return Report(stacks=stacks, stale=list(stale(looked_at, used)))


def seen(graph: Graph) -> Stack:
    """The graph as rules see it."""
    inputs = {urn: with_leaves(dict(resource.inputs), _marked) for urn, resource in graph.resources.items()}
    return Stack(
        resources=tuple(
            Resource(
                urn=urn,
                props=inputs[urn],
                provider=inputs.get(resource.provider, {}),
                references=resource.property_dependencies,
            )
            for urn, resource in graph.resources.items()
        )
    )


def to_json(found: Report) -> dict[str, Any]:
    """The report as plain data: counts a stack, and every judgement that is not satisfied."""
    return {
        "failed": found.failed,
        "stale": list(found.stale),
        "stacks": [
            {
                "stack": stack.graph.stack,
                "counts": {str(verdict): count for verdict, count in stack.counts.items()},
                "findings": [_plain(one, stack.graph) for one in stack.judgements if one.verdict is not Verdict.SATISFIED],
            }
            for stack in found.stacks
        ],
    }


def _plain(found: Judgement, graph: Graph) -> dict[str, Any]:
    exemption = found.exemption
    return {
        "rule": found.rule.id,
        "verdict": str(found.verdict),
        "level": found.level,
        "severity": found.rule.severity,
        "urn": found.urn,
        "line": line_of(found, graph),
        "messages": list(found.messages(found.verdict)),
        "fix": found.rule.fix,
        "exception": {"reason": exemption.reason, "expires": exemption.expires.isoformat()} if exemption else None,
    }


def line_of(found: Judgement, graph: Graph) -> str:
    """The line of the program that made the resource; nothing where the plan does not say."""
    source = graph.resources[found.urn].source
    return source[0] if source else ""


def _marked(leaf: Value) -> Value:
    return _MARKS.get(leaf, leaf) if isinstance(leaf, str) else leaf
