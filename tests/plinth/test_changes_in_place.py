"""Changes that replace one resource and not another of its type: where another property decides."""

import pytest

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Kind
from plinth.engine.graph import Graph
from plinth.engine.values import Value
from tests.plinth.changes_graphs import graph, thing

ECS_SERVICE = "aws:ecs/service:Service"


def on_spot(percent: int, *, anew: bool | None) -> Graph:
    shares: list[Value] = [
        {"capacityProvider": "FARGATE", "weight": 100 - percent},
        {"capacityProvider": "FARGATE_SPOT", "weight": percent},
    ]
    said: dict[str, Value] = {} if anew is None else {"forceNewDeployment": anew}
    return graph(thing("tasks", ECS_SERVICE, name="tasks", capacityProviderStrategies=shares, **said))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(None, None, Kind.REPLACE), (True, False, Kind.REPLACE), (True, True, Kind.UPDATE), (None, True, Kind.UPDATE)],
)
def test_a_service_stays_when_its_share_of_spot_changes_if_it_is_deployed_anew(
    before: bool | None, after: bool | None, kind: Kind
) -> None:
    (change,) = changes(on_spot(50, anew=before), on_spot(80, anew=after), table()).changes
    assert change.kind is kind
