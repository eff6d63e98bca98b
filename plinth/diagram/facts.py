"""What is worth a line about the resources in a box."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from plinth.diagram.model import times
from plinth.diagram.places import place_of
from plinth.diagram.references import References
from plinth.engine.graph import Resource
from plinth.engine.values import leaves

_MOST = 9
"""How many values a line lists; the others are counted."""


def facts(references: References, resources: Sequence[Resource]) -> tuple[str, ...]:
    """The zones of `resources`, all of one type, then what the table of places lists for it. What is not known is left out."""
    lines = [_zones(references, resources)]
    for name in place_of(resources[0].type).facts:
        values = [references.known(resource, name) for resource in resources]
        written = (_FORMATS.get(name, str)(leaf) for value in values for leaf in leaves(value) if leaf is not None)
        lines.append(_listed(dict.fromkeys(written)))
    return tuple(line for line in lines if line)


def kinds(labels: Iterable[str]) -> str:
    """How many there are of each, commonest first."""
    return _listed([times(label, count) for label, count in Counter(labels).most_common()])


def _zones(references: References, resources: Sequence[Resource]) -> str:
    """`3 zones: a b c`."""
    zones = sorted({zone for resource in resources for zone in _zones_of(references, resource)})
    if not zones:
        return ""
    region = zones[0][:-1]
    letters = (zone.removeprefix(region) for zone in zones)
    return f"{len(zones)} zone{'s' if len(zones) > 1 else ''}: {' '.join(letters)}"


def _zones_of(references: References, resource: Resource) -> Iterator[str]:
    for place in (resource, *references.subnets(resource)):
        if zone := references.known(place, "availabilityZone"):
            yield str(zone)


def _listed(values: Iterable[str]) -> str:
    found = list(values)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[:_MOST]) + more


def _service(name: Any) -> str:
    """`ecr.api` for `com.amazonaws.us-east-1.ecr.api`."""
    return str(name).split(".", 3)[-1]


_FORMATS: Mapping[str, Callable[[Any], str]] = {
    "serviceName": _service,
    "retentionInDays": "kept {} days".format,
    "trafficType": lambda kind: f"{str(kind).lower()} traffic",
}
