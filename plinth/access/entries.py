"""Which entry of a service asked for a right or a connection: found by the names that follow from the entry."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from components.core.needs import Need
from plinth.access.rights import Right
from stack.config.document import Document, KeyPath, mapping
from stack.config.told import INSTEAD, STORES, entering

MOST_STATEMENTS = 3
"""More than any verb takes."""
_SERVICES = "plinth:services"
Asked: TypeAlias = Mapping[str, str]
"""The entry that asked for a statement, as `secret.google-oauth as read (Pulumi.dev.yaml:47)`, by the statement's name."""


def asked_for(document: Document | None, key: str) -> Asked:
    """What stands in `access` and `secrets` at `key` (`plinth:services.booking`); nothing where the stack file is not here.

    Whoever connects to a store has to read where it is and how to enter it: that, too, the entry asked for.
    """
    if document is None:
        return {}
    section, *rest = key.split(".")
    path: KeyPath = (section, *rest)
    found, implied = dict[str, str](), dict[str, str]()
    for to, verb, prefix, said in _entries(document, path):
        found |= _named(Need(to=to, verb=verb, prefix=prefix), said)
        for read in _read_by_who_connects(to, str(path[-1])) if verb == "connect" else ():
            implied |= _named(Need(to=read, verb="read"), said)
    for variable, secret in mapping(document.at((*path, "secrets"))).items():
        said = f"secrets.{variable} ({document.file}:{document.line((*path, 'secrets', variable))})"
        implied |= _named(Need(to=f"secret.{str(secret).partition('#')[0]}", verb="read"), said)
    return implied | found


def entry_of(asked: Asked, right: Right) -> str:
    """The entry that asked for `right`; empty where none did: it comes with what holds it."""
    return asked.get(right.sid, "")


def connecting(document: Document | None) -> Mapping[tuple[str, str], str]:
    """The entries that ask for a connection, by the logical names of the two security groups."""
    if document is None:
        return {}
    return {
        (f"firewall-service-{service}", f"firewall-{server}"): said
        for service in mapping(document.at((_SERVICES,)))
        for to, _, _, said in _entries(document, (_SERVICES, service))
        for server in _servers(to)
    }


def _servers(to: str) -> tuple[str, ...]:
    """The groups that may stand behind a name: those of a store and its proxy, of the cache where there is no broker."""
    kind, _, name = to.partition(".")
    if name:
        return (f"{kind}-{name}" if kind == "service" else kind,)
    return (to, f"{to}-proxy", *filter(None, [INSTEAD.get(to)]))


def _entries(document: Document, path: KeyPath) -> Iterator[tuple[str, str, str, str]]:
    """Of each entry what it names, the verb, the prefix, and how it is told; first what another store may serve."""
    entries = document.at((*path, "access"))
    numbered = [(at, entry) for at, entry in enumerate(entries if isinstance(entries, list) else ()) if isinstance(entry, dict)]
    for at, entry in sorted(numbered, key=lambda one: str(one[1].get("to")) not in INSTEAD):
        to, verb, prefix = (str(entry.get(name, "")) for name in ("to", "as", "prefix"))
        where = f"({document.file}:{document.line((*path, 'access', at))})"
        yield to, verb, prefix, f"{to} as {verb}{f' from {prefix}' if prefix else ''} {where}"


def _read_by_who_connects(to: str, service: str) -> Iterator[str]:
    """By whatever token: that of the store itself, or of the one that stands in for it."""
    for serving in filter(None, [to, INSTEAD.get(to)]) if to in STORES else ():
        yield from entering(to, replace(STORES[to], token=STORES[serving].token), service)


def _named(need: Need, said: str) -> dict[str, str]:
    return dict.fromkeys(need.sids(MOST_STATEMENTS), said)
