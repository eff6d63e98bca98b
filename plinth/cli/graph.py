"""`plinth graph`: every resource of a stack, as a tree."""

import typer
from rich.tree import Tree

from plinth.cli.project import console, graph_of, safe
from plinth.engine.graph import Graph, Resource


def run(stack: str | None, from_file: str | None, *, as_json: bool) -> None:
    """Prints the tree, each resource with its type and the line that makes it."""
    graph = graph_of(stack, from_file)
    if as_json:
        typer.echo(graph.to_json())
        return
    tree = Tree(f"[bold]{graph.stack}[/]  {len(graph.resources):,} resources of project {safe(graph.project)}")
    _grow(tree, graph, "")
    console().print(tree)


def _grow(tree: Tree, graph: Graph, urn: str) -> None:
    for resource in graph.children.get(urn, ()):
        _grow(tree.add(_label(resource)), graph, resource.urn)


def _label(resource: Resource) -> str:
    line = f"  [dim]{safe(resource.source[0])}[/]" if resource.source else ""
    kept = "  [yellow]protected[/]" if resource.options.protect else ""
    return f"[bold]{safe(resource.name)}[/]  {safe(resource.type)}{kept}{line}"
