"""The names that are frozen: every URN that a stack of this repository has ever had, in tests/program/urns/<stack>.txt.

A URN is what Pulumi knows a deployed resource by: where one vanishes without an alias, the next `pulumi up` deletes the resource.
`make ledger` adds new URNs. It never drops one: whoever means to delete a resource takes its line out by hand, for review.
"""

from collections.abc import Set
from pathlib import Path

from plinth.cli.project import plan, stack_names
from plinth.engine.graph import Graph

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "program" / "urns"


def frozen(stack: str) -> Set[str]:
    """The URNs in the ledger of a stack; none where there is no ledger yet."""
    file = FOLDER / f"{stack}.txt"
    return set(file.read_text().split()) if file.exists() else set()


def lost(urns: Set[str], graph: Graph) -> list[str]:
    """The frozen URNs that `graph` has neither as a resource nor as an alias of one: what an `up` would delete."""
    carried = {alias for resource in graph.resources.values() for alias in resource.options.aliases}
    return sorted(urns - graph.resources.keys() - carried)


def added(urns: Set[str], graph: Graph) -> list[str]:
    """The URNs of `graph` that are not frozen yet."""
    return sorted(graph.resources.keys() - urns)


def main() -> None:
    """Adds what is new to every ledger."""
    FOLDER.mkdir(exist_ok=True)
    for name, recorded in plan(ROOT, stack_names(ROOT)).items():
        urns = frozen(name)
        new = added(urns, recorded.graph)
        (FOLDER / f"{name}.txt").write_text("".join(f"{urn}\n" for urn in sorted({*urns, *new})))
        print(f"{name}: {len(new)} added, {len(urns) + len(new)} frozen")


if __name__ == "__main__":
    main()
