"""Which entry of an `access` list asked for a right: found by the name that its statements carry."""

from collections.abc import Mapping
from typing import TypeAlias

from components.core.needs import Need
from plinth.access.rights import Right
from stack.config.document import Document, KeyPath

MOST_STATEMENTS = 3
"""More than any verb takes."""
Asked: TypeAlias = Mapping[str, str]
"""The entry that asked for a statement, as `secret.google-oauth as read (Pulumi.dev.yaml:47)`, by the statement's name."""


def asked_for(document: Document | None, key: str) -> Asked:
    """The entries of the `access` list at `key` (`plinth:services.booking`); nothing where the stack file is not here."""
    if document is None:
        return {}
    section, *rest = key.split(".")
    path: KeyPath = (section, *rest, "access")
    entries = document.at(path)
    found: dict[str, str] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            continue
        to, verb, prefix = (str(entry.get(name, "")) for name in ("to", "as", "prefix"))
        said = f"{to} as {verb}{f' from {prefix}' if prefix else ''} ({document.file}:{document.line((*path, index))})"
        found |= dict.fromkeys(Need(to=to, verb=verb, prefix=prefix).sids(MOST_STATEMENTS), said)
    return found


def entry_of(asked: Asked, right: Right) -> str:
    """The entry that asked for `right`; empty where none did: it comes with what holds it."""
    return asked.get(right.sid, "")
