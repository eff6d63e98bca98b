"""`plinth why`: the line and the config key that ask for a resource, and what hangs together with it."""

import json
from collections.abc import Sequence

import typer

from plinth.cli.project import UsageError, console, facts_table, graph_of, stack_file
from plinth.engine.graph import Graph, Resource
from stack.config.faults import nearest


def run(wanted: str, stack: str | None, from_file: str | None, *, as_json: bool) -> None:
    """Explains the resource called `wanted`: a URN or a logical name. Raises UsageError where there is none."""
    named = wanted.split("::")[0].removeprefix("urn:pulumi:") if wanted.startswith("urn:pulumi:") else None
    graph = graph_of(stack or named, from_file)
    facts = [_facts(graph, resource) for resource in _find(graph, wanted)]
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
        return
    for fact in facts:
        console().print(facts_table(fact))


def _find(graph: Graph, wanted: str) -> Sequence[Resource]:
    if wanted in graph.resources:
        return (graph.resources[wanted],)
    found = [resource for resource in graph.resources.values() if resource.name == wanted]
    if not found:
        names = [resource.name for resource in graph.resources.values()]
        raise UsageError(f"stack {graph.stack} has no resource {wanted}{nearest(wanted, names)}")
    return found


def _facts(graph: Graph, resource: Resource) -> dict[str, str | list[str]]:
    """What is known of `resource`, under the names by which it is printed; what does not apply is left out."""
    options = resource.options
    kept = [name for name, on in (("protected", options.protect), ("kept on delete", options.retain_on_delete)) if on]
    facts: dict[str, str | list[str]] = {
        "resource": resource.name,
        "type": resource.type,
        "urn": resource.urn,
        "made at": list(dict.fromkeys(resource.source)),
        "asked by": asked_by(graph, resource),
        "part of": _name(graph, resource.parent),
        "depends on": [_name(graph, urn) for urn in resource.dependencies],
        "needed by": [other.name for other in graph.dependents.get(resource.urn, ())],
        "kept": kept,
    }
    return {name: value for name, value in facts.items() if value}


def asked_by(graph: Graph, resource: Resource) -> str:
    """The part of the stack file that asked for `resource`, with its line."""
    key = graph.asked_by(resource)
    return f"{key}{_line_of(graph.stack, key)}" if key else ""


def _line_of(stack: str, key: str) -> str:
    """` (Pulumi.dev.yaml:10)`; nothing where the plan is of a program whose stack file is not here."""
    document = stack_file(stack)
    section, *rest = key.split(".")
    line = document.line((section, *rest)) if document else 0
    return f" ({document.file}:{line})" if document and line else ""


def _name(graph: Graph, urn: str) -> str:
    return graph.resources[urn].name if urn in graph.resources else urn
