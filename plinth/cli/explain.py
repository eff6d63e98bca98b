"""`plinth explain`: what a key of the stack file means, allows, and is set to."""

import json
from collections.abc import Mapping
from typing import Any

import typer

from plinth.cli.project import UsageError, console, facts_table, root, stack_names
from stack.config.document import Document, KeyPath, format_path, project_name, read
from stack.config.faults import ConfigError, nearest
from stack.config.model import NAMESPACE
from stack.config.reference import Entry, entries, keys_of


def run(key: str, *, as_json: bool) -> None:
    """Explains `key` and the keys below it; all keys where none is given. Raises UsageError for a key that cannot be."""
    wanted = key if not key or key.startswith(f"{NAMESPACE}:") else f"{NAMESPACE}:{key}"
    found = [entry for entry in entries() if not key or _is_below(format_path(entry.path), wanted)]
    if not found:
        raise UsageError(f"no key {wanted}{nearest(wanted, [format_path(entry.path) for entry in entries()])}")
    documents = _documents()
    facts = [_facts(entry, documents) for entry in found]
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
        return
    for fact in facts:
        said = {"means": fact["means"], "allows": fact["allows"], **fact["values"]}
        console().print(facts_table(said, title=fact["key"]))
        console().print()


def value_in(document: Document, path: KeyPath) -> str:
    """The value at `path` as JSON; nothing for a map with keys of its own, which are explained one by one."""
    value = document.at(path)
    return "" if value is None or keys_of(path) else json.dumps(value)


def _is_below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(f"{wanted}.")


def _documents() -> Mapping[str, Document]:
    """The stack files that can be read: a key can be explained while another one is wrong."""
    folder, found = root(), dict[str, Document]()
    for name in stack_names(folder):
        try:
            found[name] = read(folder, name, project_name(folder))
        except ConfigError:
            continue
    return found


def _facts(entry: Entry, documents: Mapping[str, Document]) -> dict[str, Any]:
    set_to = {name: value_in(document, entry.path) for name, document in documents.items()}
    return {
        "key": format_path(entry.path),
        "means": entry.description,
        "allows": entry.allowed,
        "values": {
            name: f"{text}  ({documents[name].file}:{documents[name].line(entry.path)})" for name, text in set_to.items() if text
        },
    }
