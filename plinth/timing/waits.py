"""What must be there before the engine makes each resource of a Graph."""

from collections.abc import Iterator, Sequence
from functools import cache

from plinth.engine.graph import Graph, Resource
from plinth.timing.schedule import Waits


def waits_of(graph: Graph) -> Waits:
    """For each resource the URNs that it waits for: its dependencies, its parent, its provider, as far as the graph holds them.

    Who depends on a component waits for all of it: a task of its own, `<urn> complete`, which is no resource and takes no time.
    Only remote components are depended on so: of any other the SDK lists the parts (`pulumi.runtime.rpc._add_dependency`).
    """

    @cache
    def parts(urn: str) -> dict[str, None]:
        """The resources below `urn`; finite even where parents form a circle."""
        found: dict[str, None] = {}
        open_urns = [urn]
        while open_urns:
            children = [child.urn for child in graph.children.get(open_urns.pop(), ()) if child.urn not in found]
            found |= dict.fromkeys(children)
            open_urns += children
        return found

    def needed(resource: Resource) -> Iterator[str]:
        yield resource.parent
        yield resource.provider
        for urn in _dependencies(resource):
            other = graph.resources.get(urn)
            whole = other is not None and not other.custom and resource.urn not in parts(urn)
            yield _complete(urn) if whole else urn

    tasks = {urn: set(needed(resource)) for urn, resource in graph.resources.items()}
    components = (urn for urn, resource in graph.resources.items() if not resource.custom)
    tasks |= {_complete(urn): {urn, *parts(urn)} for urn in components}
    return {task: tuple(urn for urn in waits if urn in tasks) for task, waits in tasks.items()}


def _complete(urn: str) -> str:
    return f"{urn} complete"


def _dependencies(resource: Resource) -> Sequence[str]:
    by_property = (urn for urns in resource.property_dependencies.values() for urn in urns)
    return list(dict.fromkeys((*resource.dependencies, *by_property)))
