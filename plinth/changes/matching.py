"""Which resource of the plan before is which of the plan after: the same URN, or one that an alias names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from plinth.engine.graph import STACK_TYPE, Graph, Resource, child_urn, type_of

PROVIDER = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Every resource of both graphs that is no component, once. `origin` maps the URN after to the URN before."""

    pairs: tuple[tuple[Resource, Resource], ...]
    created: tuple[Resource, ...]
    deleted: tuple[Resource, ...]
    origin: Mapping[str, str]

    @cached_property
    def successor(self) -> Mapping[str, str]:
        """The URN after of each URN before that goes on."""
        return {former: urn for urn, former in self.origin.items()}


def match(before: Graph, after: Graph) -> Matching:
    """Pairs the resources of two graphs, as the engine does: by URN first, then by the first alias that existed."""
    known = _aliases(after)
    origin: dict[str, str] = {}
    taken: set[str] = set()
    for urn in after.resources:
        for former in (urn, *known[urn]):
            if former in before.resources and former not in taken and (former == urn or former not in after.resources):
                origin[urn] = former
                taken.add(former)
                break
    now = [resource for resource in after.resources.values() if is_reported(resource)]
    return Matching(
        pairs=tuple((before.resources[origin[one.urn]], one) for one in now if one.urn in origin),
        created=tuple(one for one in now if one.urn not in origin),
        deleted=tuple(one for one in before.resources.values() if is_reported(one) and one.urn not in taken),
        origin=origin,
    )


def is_reported(resource: Resource) -> bool:
    """Whether it is neither a component nor a provider that the engine made up for itself."""
    return resource.custom and not (resource.type.startswith(PROVIDER) and resource.name.startswith("default"))


def _aliases(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """The URNs that each resource may have had: its own aliases, and what those of its parents make of it."""
    found: dict[str, tuple[str, ...]] = {}
    for urn, resource in graph.resources.items():
        above = found.get(resource.parent, ())
        own = resource.options.aliases
        found[urn] = tuple(dict.fromkeys([*own, *_inherited(graph, resource, above)]))
    return found


def _inherited(graph: Graph, resource: Resource, above: tuple[str, ...]) -> Iterator[str]:
    """A child that is named after its parent is thought to have been named after whatever the parent was called."""
    if resource.parent not in graph.resources:
        return
    parent = graph.resources[resource.parent].name
    for former, own in product(above, (resource.urn, *resource.options.aliases)):
        head, project, _, name = own.split("::", 3)
        renamed = former.split("::", 3)[3] + name.removeprefix(parent) if name.startswith(parent) else name
        stack = head.removeprefix("urn:pulumi:")
        outer = "" if type_of(former) == STACK_TYPE else former
        yield child_urn(stack=stack, project=project, parent=outer, token=type_of(own), name=renamed)
