"""Says a value of one graph in the terms of another: what only the cloud knows is the same if it comes from the same thing."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from plinth.changes.difference import Gap
from plinth.changes.paths import found, parsed
from plinth.engine.graph import TOKEN, Graph, Origin
from plinth.engine.values import UNKNOWN, Value, with_leaves


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Puts what `other` has in place of what was invented for `graph`. `partner` maps URNs of `graph` to those of `other`."""

    graph: Graph
    other: Graph
    partner: Mapping[str, str]

    def say(self, value: Value, fresh: Set[str] = frozenset()) -> Value:
        """`value` in the other graph's terms: `UNKNOWN` where it comes from a resource that is `fresh`, or new altogether.

        `Gap.UNTOLD` where the program made something of a value that the other graph has in plain.
        """
        return with_leaves(value, lambda leaf: self._say(leaf, fresh))

    def _say(self, leaf: Value, fresh: Set[str]) -> Value:
        origins = self.graph.origins(leaf)
        if any(origin.urn in fresh or origin.urn not in self.partner for origin in origins):
            return UNKNOWN
        if self.graph is self.other:
            return leaf
        for ours, theirs in (pair for origin in origins for pair in self._pairs(origin)):
            if leaf == ours:
                return theirs
            if isinstance(leaf, str):
                leaf = leaf.replace(str(ours), str(theirs))
        return Gap.UNTOLD if self.graph.origins(leaf) and not self.other.origins(leaf) else leaf

    def _pairs(self, origin: Origin) -> Iterator[tuple[Value, Value]]:
        """What was invented for `origin` and what the other graph has for it: the whole value first, then its token alone."""
        ours, theirs = _output(self.graph, origin), _output(self.other, Origin(self.partner[origin.urn], origin.property))
        if theirs in (Gap.ABSENT, UNKNOWN):
            return
        yield ours, theirs
        tokens = [TOKEN.search(str(value)) for value in (ours, theirs)]
        if tokens[0] and tokens[1]:
            yield tokens[0][0], tokens[1][0]


def _output(graph: Graph, origin: Origin) -> Value:
    values = list(found(dict(graph.resources[origin.urn].outputs), parsed(origin.property)))
    return values[0] if values else Gap.ABSENT


def common(before: Graph, after: Graph, origin: Mapping[str, str]) -> tuple[Terms, Terms]:
    """How the values of both graphs are said in the same terms: those of the graph before, unless only that one is invented.

    `origin` maps URNs after to URNs before.
    """
    if before.invented and not after.invented:
        successor = {former: urn for urn, former in origin.items()}
        return Terms(graph=before, other=after, partner=successor), _as_it_is(after)
    return _as_it_is(before), Terms(graph=after, other=before, partner=origin)


def _as_it_is(graph: Graph) -> Terms:
    return Terms(graph=graph, other=graph, partner={urn: urn for urn in graph.resources})
