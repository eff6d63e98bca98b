"""What `plinth changes` says of a stack, as plain data."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from plinth.changes.difference import Gap
from plinth.changes.likeness import renamed
from plinth.changes.model import Change, Changes, Kind, Property
from plinth.changes.paths import found, parsed, written
from plinth.changes.rights import Delta, rights_delta
from plinth.cost.delta import CostDelta
from plinth.engine.graph import Graph, name_of
from plinth.engine.values import UNKNOWN, Value, with_leaves


def to_json(changes: Changes, costs: CostDelta) -> Mapping[str, Any]:
    """All of it but what stays as it is. What it costs more or less is an estimate."""
    rights = rights_delta(changes)
    return {
        "stack": changes.stack,
        **({"takenFrom": changes.taken_from} if changes.taken_from else {}),
        "failed": changes.failed,
        "counts": {str(kind): count for kind, count in changes.counts.items()},
        "cost": {
            "basis": "estimate",
            "beforeUsdMonth": _usd(costs.before.total.expected),
            "afterUsdMonth": _usd(costs.after.total.expected),
            "differenceUsdMonth": _usd(costs.total),
        },
        "changes": [_change(changes, one, costs) for one in changes.changes if one.kind is not Kind.SAME or one.lets_go],
        "rights": {
            "gained": [_delta(one) for one in rights.gained],
            "lost": [_delta(one) for one in rights.lost],
            "unread": list(rights.unread),
        },
        "perhapsRenamed": [{"deleted": gone.resource.urn, "created": new.resource.urn} for gone, new in renamed(changes)],
        "notCompared": {one.resource.urn: [written(path) for path in one.untold] for one in changes.changes if one.untold},
        "replacementNotKnownFor": list(changes.unjudged),
    }


def _usd(amount: Decimal) -> float:
    return round(float(amount), 2)


def _change(changes: Changes, change: Change, costs: CostDelta) -> Mapping[str, Any]:
    graph, resource = side(changes, change), change.resource
    facts: dict[str, Any] = {
        "urn": resource.urn,
        "name": resource.name,
        "type": resource.type,
        "kind": str(change.kind),
        "component": graph.outermost(resource).name,
        "askedBy": graph.asked_by(resource),
        "source": list(resource.source),
        "movedFrom": change.moved_from,
        "properties": [_property(changes, one) for one in change.properties],
        "costDifferenceUsdMonth": _usd(costs.of(*change.urns)),
        "because": list(change.because),
        "loses": change.loses,
        "refused": change.is_refused,
        "keptInTheCloud": change.is_kept,
        "deletedFirst": change.first_deleted,
        "protectionLost": list(change.lets_go),
    }
    return {name: value for name, value in facts.items() if value}


def _property(changes: Changes, one: Property) -> Mapping[str, Any]:
    """A side that is not set is left out, as is a value that will be known after the deployment."""
    sides = {"before": one.before, "after": one.after}
    facts: dict[str, Any] = {
        "path": written(one.path),
        **{name: legible(changes, value) for name, value in sides.items() if value not in (Gap.ABSENT, UNKNOWN)},
    }
    if one.after == UNKNOWN:
        facts["knownAfterDeployment"] = True
    if one.forced_by:
        facts["forcesReplacementBy"] = one.forced_by
    if one.because:
        facts["because"] = list(one.because)
    return facts


def _delta(delta: Delta) -> Mapping[str, Any]:
    return {
        "holds": delta.holds,
        "principal": delta.principal,
        "actions": list(delta.actions),
        "targets": list(delta.targets),
        "conditions": list(delta.conditions),
    }


def side(changes: Changes, change: Change) -> Graph:
    """The graph that the resource of a change is in."""
    return changes.after if change.after else changes.before


def legible(changes: Changes, value: Value) -> Value:
    """`value` with `<network-vpc.id>` in place of what was invented for it."""
    return with_leaves(value, lambda leaf: _legible(changes, leaf))


def _legible(changes: Changes, leaf: Value) -> Value:
    for graph in (changes.before, changes.after):
        for text, name in _invented_in(graph, leaf):
            leaf = re.sub(re.escape(text), lambda _, name=name: name, str(leaf))
    return str(leaf) if isinstance(leaf, Gap) else leaf


def _invented_in(graph: Graph, leaf: Value) -> Iterator[tuple[str, str]]:
    for origin in graph.origins(leaf):
        for whole in found(dict(graph.resources[origin.urn].outputs), parsed(origin.property)):
            yield str(whole), f"<{name_of(origin.urn)}.{origin.property}>"
