"""Each entry of an `access` list, alone: what goes with it, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from components.core.needs import sid_for
from stack.config.document import KeyPath, format_path, read
from stack.config.services import Access
from stack.config.targets import lists
from stack.config.told import STORES, serving, through_proxy
from stack.connections import proxy_of
from tests.harness import ROOT, graphs, stacks
from tests.iam import bodies
from tests.program.switched import planned

LOADED = stacks()
ENTRIES: list[tuple[str, KeyPath]] = [
    (stack, (*path, index))
    for stack, loaded in LOADED.items()
    for path, entries, _ in lists(loaded.config)
    for index in range(len(entries))
]
"""Every entry of every `access` list of every stack."""
RIGHTS = "service-{}-identity-rights"
SECRET_PARTS = ("", "-policy", "-value", "-version")
"""What a secret is made of, as the ends of names."""


def without(stack: str, entry: KeyPath) -> dict[KeyPath, Any]:
    """The list without the entry, and no pool before a database that the service connects to no more."""
    *path, index = entry
    document = read(ROOT, stack, "plinth")
    kept: Any = document.at(tuple(path))
    changes: dict[KeyPath, Any] = {tuple(path): [one for at, one in enumerate(kept) if at != index]}
    service: Any = document.at(entry[:2])
    if kept[index]["to"] == "postgres" and "sidecars" in service:
        changes[*entry[:2], "sidecars"] = []
    return changes


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The names of the statements that are not the same on both sides."""
    return {sid for sid in before.keys() | after.keys() if before.get(sid) != after.get(sid)}


@pytest.mark.parametrize(
    ("stack", "entry"),
    [pytest.param(stack, path, id=f"{stack} {format_path(path)}") for stack, path in ENTRIES],
)
def test_removing_an_entry_removes_exactly_the_statements_and_rules_that_it_made(
    stack: str, entry: KeyPath, tmp_path: Path
) -> None:
    before, after = graphs()[stack], planned(tmp_path, stack, without(stack, entry))
    assert after.resources.keys() <= before.resources.keys()
    gone = {before.resources[urn].name for urn in before.resources.keys() - after.resources.keys()}
    changed = {
        before.resources[urn].name: differing(bodies(before.resources[urn]), bodies(resource))
        for urn, resource in after.resources.items()
        if {**resource.inputs} != {**before.resources[urn].inputs}
    }
    lost, elsewhere = expected(stack, entry)
    rights = RIGHTS.format(entry[1])
    if elsewhere.get(rights) == {sid for one in before.resources.values() if one.name == rights for sid in bodies(one)}:
        lost |= {rights}  # these were its last
        elsewhere.pop(rights)
    assert gone == lost
    assert changed == elsewhere


def expected(stack: str, path: KeyPath) -> tuple[set[str], dict[str, set[str]]]:
    """What goes with an entry, and the statements that others lose, by whose; none for those who are only told of less."""
    config, service, index = LOADED[stack].config, str(path[1]), int(path[-1])
    others = list(config.services[service].access)
    entry = others.pop(index)
    runs_on = config.services[service].runs_on
    told_by = {"ecs": [f"task-{service}-definition"], "ec2": [f"fleet-{service}-template"], "lambda": []}[runs_on]
    told: dict[str, set[str]] = {name: set() for name in told_by}
    if entry.verb == "connect":
        lost, elsewhere = connected(stack, service, entry, [other for other in others if other.verb == "connect"])
        return lost, elsewhere | told
    kind, _, thing = entry.to.partition(".")
    if kind == "service":
        port = config.services[thing].port
        return {f"firewall-service-{service}-to-service-{thing}-tcp-{port}-{way}" for way in ("in", "out")}, told
    elsewhere = {RIGHTS.format(service): set(entry.need.sids(1))}
    if kind in ("bucket", "queue"):
        elsewhere[f"{kind}-{thing}-policy"] = {sid_for(f"service-{service}", entry.need.sid)}
    return set(), elsewhere | ({} if entry.to in {other.to for other in others} else told)


def connected(stack: str, service: str, entry: Access, others: list[Access]) -> tuple[set[str], dict[str, set[str]]]:
    """The same of an entry that connects to a store: rules, the login, what it reads at its start or has read for it."""
    config = LOADED[stack].config
    served, own = serving(config, entry.to), config.services[service]
    shared = served in {serving(config, other.to) for other in others}  # two names may stand for one store
    login = f"login-{entry.to}-{service}" if STORES[entry.to].logins else ""
    secret = login or ("" if shared else STORES[served].token)
    named_so = "".join(word.capitalize() for word in secret.split("-"))
    read = {f"ReadSecret{named_so}", f"KeyReadSecret{named_so}"} if secret else set[str]()
    server = proxy_of(served) if through_proxy(config, served, service) else served
    port = {"postgres": 5432, "redis": 6379, "broker": 6379}[served]
    rules = {f"firewall-service-{service}-to-{server}-tcp-{port}-{way}" for way in ("in", "out")}
    lost = (set[str]() if shared else rules) | {f"secrets-{login}{part}" for part in SECRET_PARTS if login}
    reader = f"task-{service}-starter-rights" if own.runs_on == "ecs" else RIGHTS.format(service)
    pool_goes = entry.to == "postgres" and "pgbouncer" in own.sidecars and config.containers.pgbouncer != "placeholder"
    pulled = {"Pull"} if pool_goes else set[str]()
    elsewhere = {reader: {f"ReadFacts{entry.to.capitalize()}", *read, *pulled}}
    if login:
        elsewhere |= {"logins-starter-rights": read, "logins-task": set[str]()}
    if server != served:
        elsewhere |= {f"{server}-reader-rights": read, f"{server}-pool": set[str]()}
    return lost, elsewhere
