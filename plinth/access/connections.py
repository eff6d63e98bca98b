"""Who may connect to whom in a stack: the pairs of security groups that rules let through, each with the entry that asked."""

from dataclasses import dataclass

from plinth.access.entries import connecting
from plinth.diagram.references import References
from plinth.diagram.traffic import rules
from plinth.engine.graph import Graph, name_of
from stack.config.document import Document

INTERNET = "the internet"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Connection:
    """Whoever wears the group `client` may connect to who wears `server`, at `ports` as written (`5432`, `53/udp`, `all`).

    Both are logical names. `entry` is that of the `access` list which asked for it, empty where the platform itself does.
    """

    client: str
    server: str
    ports: str
    entry: str


def connections(graph: Graph, document: Document | None = None) -> tuple[Connection, ...]:
    """Every one of a graph, once however many rules say it."""
    asked = connecting(document)
    pairs = {
        (name_of(rule.source) if rule.source else INTERNET, name_of(rule.target), rule.label) for rule in rules(References(graph))
    }
    return tuple(sorted(Connection(client=a, server=b, ports=ports, entry=asked.get((a, b), "")) for a, b, ports in pairs))
