"""Rules of `access` lists: every entry names something that is there, and something that can be done with it."""

from collections.abc import Callable, Iterator, Mapping

from components.core.verbs import CAPABILITIES, Kind
from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.faults import nearest
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Access
from stack.config.targets import listening, lists, targets, verbs
from stack.config.told import host, logins


def _entries_are_possible(config: StackConfig) -> Iterator[Breach]:
    there = targets(config)
    for path, entries, connecting in lists(config):
        for index, entry in enumerate(entries):
            yield from _problems(entry, (*path, index), there, connecting=connecting)


def _problems(entry: Access, path: KeyPath, there: Mapping[str, Kind], *, connecting: bool) -> Iterator[Breach]:
    kind = there.get(entry.to)
    if kind is None:
        near = nearest(entry.to, there)
        yield Breach(
            path=(*path, "to"), problem=f"{entry.to} is nothing in this stack", allowed=f"one of {', '.join(there)}{near}"
        )
        return
    words = verbs(kind, connecting=connecting)
    if entry.verb not in words:
        possible = f"one of {', '.join(words)}{nearest(entry.verb, words)}" if words else "a service can, who is in the network"
        yield Breach(path=(*path, "as"), problem=f"{entry.verb} cannot be done with {entry.to} from here", allowed=possible)
    elif entry.prefix and not CAPABILITIES[kind].verbs[entry.verb].takes_prefix:
        problem = f"{entry.prefix} cannot narrow what {entry.verb} does with {entry.to}"
        yield Breach(path=(*path, "prefix"), problem=problem, allowed="no prefix")


def _calls_arrive(config: StackConfig) -> Iterator[Breach]:
    """Whoever may call a service is told by what name: it has to have one that the caller can look up."""
    for name, service in config.services.items():
        for index, entry in enumerate(service.access):
            kind, _, callee = entry.to.partition(".")
            if kind == "service" and callee in listening(config) and not host(config, name, callee):
                problem, allowed = _unfound(config, name, callee)
                yield Breach(path=(f"{NAMESPACE}:services", name, "access", index, "to"), problem=problem, allowed=allowed)


def _unfound(config: StackConfig, caller: str, callee: str) -> tuple[str, str]:
    if not config.networking.discovery.enabled:
        off = f"{NAMESPACE}:networking.discovery.enabled is false"
        return f"service.{callee} is found by no name: {off}", "that true, or no such entry"
    if (runs_on := config.services[callee].runs_on) != "ecs":
        return f"service.{callee} is found by no name: it runs on {runs_on}", "a service on ecs"
    who = f"{caller} runs on {config.services[caller].runs_on}"
    problem = f"service.{callee} takes turns and is found by services on ecs alone, and {who}"
    return problem, f"deployment: rolling of {callee}, or {caller} on ecs"


def _entries_differ(config: StackConfig) -> Iterator[Breach]:
    for path, entries, _ in lists(config):
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                yield Breach(path=(*path, index), problem=f"{entry.to} as {entry.verb} stands there already", allowed="each once")


def _files_are_mounted(config: StackConfig) -> Iterator[Breach]:
    there = targets(config)
    for name, service in config.services.items():
        for index, entry in enumerate(service.access):
            if there.get(entry.to) == "files" and service.runs_on != "ecs":
                yield Breach(
                    path=(f"{NAMESPACE}:services", name, "access", index, "to"),
                    problem=f"{entry.to} cannot be mounted where it runs, on {service.runs_on}",
                    allowed="files on ecs alone, a bucket anywhere",
                )


def _names_can_be_joined(config: StackConfig) -> Iterator[Breach]:
    """The rules between two security groups are called `<one>-to-<other>`."""
    for name in config.services:
        if "to" in name.split("-"):
            yield Breach(
                path=(f"{NAMESPACE}:services", name), problem="has `to` among its words", allowed="a name that does not join two"
            )


def _secrets_are_there(config: StackConfig) -> Iterator[Breach]:
    there = [name.removeprefix("secret.") for name in targets(config) if name.startswith("secret.")]
    for name, service in config.services.items():
        for variable, part in service.secrets.items():
            secret = part.partition("#")[0]
            if secret not in there:
                yield Breach(
                    path=(f"{NAMESPACE}:services", name, "secrets", variable),
                    problem=f"{secret} is no secret of this stack",
                    allowed=f"one of {', '.join(there)}{nearest(secret, there)}",
                )


def _logins_keep_their_names(config: StackConfig) -> Iterator[Breach]:
    taken = {login.secret: login for login in logins(config)}
    for how in ("generated", "given"):
        for name in getattr(config.secrets, how):
            if name in taken:
                login = taken[name]
                yield Breach(
                    path=(f"{NAMESPACE}:secrets", how, name),
                    problem=f"is what the login of {login.service} to {login.store} is called",
                    allowed="another name",
                )


ACCESS_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _entries_are_possible,
    _calls_arrive,
    _entries_differ,
    _files_are_mounted,
    _names_can_be_joined,
    _secrets_are_there,
    _logins_keep_their_names,
)
