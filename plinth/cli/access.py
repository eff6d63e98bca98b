"""`plinth access`: who may do what, and who reaches what."""

import json
from collections.abc import Sequence
from itertools import groupby

import typer
from rich.console import Console
from rich.tree import Tree

from plinth.access.connections import connections
from plinth.access.entries import asked_for, entry_of
from plinth.access.report import called, principals, targets_in, things, to_json
from plinth.access.rights import Right, access
from plinth.cli.project import console, graph_of, safe, stack_file
from plinth.cli.why import asked_by
from plinth.engine.graph import Graph, name_of
from stack.config.document import Document

_MOST_ACTIONS = 4
"""More of one service are counted, so that a right stays a line."""


def run(stack: str | None, from_file: str | None, *, as_json: bool) -> None:
    """Prints who may do what in one stack, and who reaches each key, secret, bucket and the like."""
    graph = graph_of(stack, from_file)
    if as_json:
        typer.echo(json.dumps(to_json(graph, stack_file(graph.stack)), indent=1))
    else:
        show(graph, stack_file(graph.stack), console())


def show(graph: Graph, document: Document | None, out: Console) -> None:
    """Three trees: principals with their rights, things with those who reach them, groups with where they connect to."""
    found = access(graph)
    targets_of = targets_in(graph)
    people = Tree(f"[bold]{graph.stack}[/]  who may do what")
    for one, takers, rights in principals(graph, found):
        branch = people.add(f"[bold]{safe(one.name)}[/]  [dim]asked by[/] {safe(asked_by(graph, one))}")
        for taker in takers:
            branch.add(f"[dim]taken by[/] {safe(called(taker.principal))}{_if(taker)}")
        asked = asked_for(document, graph.asked_by(one))
        for right in rights:
            what = f"{_actions(right.actions)} [dim]on[/] {safe(targets_of(right.targets))}{_if(right)}"
            branch.add(f"{what}{_for(entry_of(asked, right))}")
    out.print(people)
    out.print()
    kept = Tree(f"[bold]{graph.stack}[/]  who reaches what")
    for thing, rights in things(graph, found):
        branch = kept.add(f"[bold]{safe(thing.name)}[/]  [dim]{safe(thing.type)}[/]")
        for right in rights:
            branch.add(f"{safe(called(right.principal))}  {_actions(right.actions)}{_if(right)}")
        if not rights:
            branch.add("[dim]nobody in this stack[/]")
    out.print(kept)
    out.print()
    paths = Tree(f"[bold]{graph.stack}[/]  who connects to what")
    for client, there in groupby(connections(graph, document), key=lambda one: one.client):
        branch = paths.add(f"[bold]{safe(client)}[/]")
        for one in there:
            branch.add(f"{safe(one.server)} [dim]at[/] {safe(one.ports)}{_for(one.entry)}")
    out.print(paths)
    for urn in found.unread:
        out.print(f"[yellow]not known here[/]  the document of {safe(name_of(urn))}")


def _actions(actions: Sequence[str]) -> str:
    """`logs:PutLogEvents, logs:CreateLogStream`; `kms: 22 actions` where they are many."""
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0], []).append(action)
    said = (
        ", ".join(found) if len(found) <= _MOST_ACTIONS else f"{service}: {len(found)} actions"
        for service, found in services.items()
    )
    return safe(", ".join(said))


def _for(entry: str) -> str:
    return f"  [dim]for {safe(entry)}[/]" if entry else ""


def _if(right: Right) -> str:
    return f" [dim]if {safe(', '.join(right.conditions))}[/]" if right.conditions else ""
