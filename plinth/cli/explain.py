"""`plinth explain`: what a key of the stack file means, allows, and is set to."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from plinth.cli.project import UsageError, console, nearest, root, stack_names
from stack.config.document import Document, Json, project_name, read
from stack.config.faults import ConfigError
from stack.config.model import NAMESPACE
from stack.config.reference import Entry, entries


def run(key: str, *, as_json: bool) -> None:
    """Explains `key` and the keys below it; all keys where none is given. Raises UsageError for a key that cannot be."""
    wanted = key if not key or key.startswith(f"{NAMESPACE}:") else f"{NAMESPACE}:{key}"
    found = [entry for entry in entries() if not key or _is_below(entry.path, wanted)]
    if not found:
        known = [entry.path for entry in entries()]
        raise UsageError(f"no key {wanted}{nearest(wanted, known)}")
    folder = root()
    facts = [_facts(folder, entry) for entry in found]
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
        return
    for fact in facts:
        table = Table(box=None, show_header=False, pad_edge=False, title=f"[bold]{fact['key']}[/]", title_justify="left")
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        table.add_row("means", fact["means"])
        table.add_row("allows", fact["allows"])
        for name, value in fact["values"].items():
            table.add_row(name, value)
        console().print(table)
        console().print()


def _is_below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith((f"{wanted}.", f"{wanted}["))


def _facts(folder: Path, entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.path,
        "means": entry.description,
        "allows": entry.allowed,
        "values": {name: text for name in stack_names(folder) if (text := _set_in(folder, name, entry.path))},
    }


def _set_in(folder: Path, stack: str, path: str) -> str:
    """The value at `path` in a stack's file, with its line; nothing for a map, whose keys are explained one by one."""
    try:
        document = read(folder, stack, project_name(folder))
    except ConfigError:
        return ""
    steps = tuple(path.split("."))
    value = _at(document, steps)
    if value is None or isinstance(value, dict):
        return ""
    return f"{json.dumps(value)}  ({document.file}:{document.line(steps)})"


def _at(document: Document, steps: tuple[str, ...]) -> Json:
    value: Json = dict(document.values)
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
