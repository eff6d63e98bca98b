"""From a stack file to its typed configuration, or to every fault in it at once."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stack.config.breach import Breach
from stack.config.container_rules import unbuildable
from stack.config.dns_rules import domains_between
from stack.config.document import Document, KeyPath, project_name, read
from stack.config.faults import ConfigError, Fault, nearest, type_name
from stack.config.identity_rules import boundary_out_of_reach
from stack.config.model import CREDENTIALS, NAMESPACE, StackConfig
from stack.config.reference import allowed, find, keys_of, names_of
from stack.config.rules import breaches, overlaps_between, singletons_between

ENVIRONMENTS: Mapping[str, str] = {
    "dev": "dev",
    "development": "dev",
    "staging": "staging",
    "stage": "staging",
    "prod": "prod",
    "production": "prod",
}
"""The environment of each stack name. The long names are those that teams bring along."""

_CREDENTIALS = f"{CREDENTIALS}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack: what it is called and how it is configured. `project` is `name:` in Pulumi.yaml.

    `credentials` are the names of the given secrets that have a value.
    """

    project: str
    environment: str
    config: StackConfig
    credentials: frozenset[str] = frozenset()


def load_all(folder: Path, names: Sequence[str]) -> dict[str, Stack]:
    """The stacks called `names`. Raises ConfigError with the faults of all their files, those between two files included."""
    loaded: dict[str, tuple[Document, Stack]] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            loaded[name] = _load(folder, name)
        except ConfigError as error:
            faults += error.faults
    configs = {name: stack.config for name, (_, stack) in loaded.items()}
    between = (*overlaps_between(configs), *singletons_between(configs), *domains_between(configs))
    faults += [_of_breach(loaded[name][0], breach) for name, breach in between]
    if faults:
        raise ConfigError(faults)
    return {name: stack for name, (_, stack) in loaded.items()}


def _load(folder: Path, name: str) -> tuple[Document, Stack]:
    project = project_name(folder)
    environment = environment_of(name)
    document = read(folder, name, project)
    return document, validated(document, project, environment)


def validated(document: Document, project: str, environment: str) -> Stack:
    """The stack that `document` configures. Raises ConfigError with every fault."""
    config = validate(document)
    reached = boundary_out_of_reach(config, f"{project}-{environment}")
    if faults := [*_misplaced_credentials(document, config), *(_of_breach(document, breach) for breach in reached)]:
        raise ConfigError(faults)
    names = frozenset(key.removeprefix(_CREDENTIALS) for key in document.values if key.startswith(_CREDENTIALS))
    return Stack(project=project, environment=environment, config=config, credentials=names)


def environment_of(stack: str) -> str:
    """The environment of the stack called `stack`. Raises ConfigError for a name that is no environment's."""
    if stack not in ENVIRONMENTS:
        raise ConfigError(
            [
                Fault(
                    file=f"Pulumi.{stack}.yaml",
                    line=0,
                    key="stack name",
                    problem=f"{stack!r} is no environment",
                    allowed=f"one of {', '.join(ENVIRONMENTS)}",
                )
            ]
        )
    return ENVIRONMENTS[stack]


def validate(document: Document) -> StackConfig:
    """The typed configuration in `document`. Raises ConfigError with every fault.

    The rules between values are looked at once each value is right by itself.
    """
    faults = [*_encrypted_in_sections(document), *_foreign_keys(document)]
    prefix = f"{NAMESPACE}:"
    sections = {key.removeprefix(prefix): value for key, value in document.values.items() if key.startswith(prefix)}
    try:
        config = StackConfig.model_validate_json(json.dumps(sections))
    except ValidationError as error:
        found = _of_errors(document, error.errors(include_url=False))
        raise ConfigError([*faults, *(fault for fault in found if not _may_hold_secrets(document, fault))]) from None
    if faults:
        raise ConfigError(faults)
    found = (*breaches(config), *unbuildable(config, document.folder))
    if found:
        raise ConfigError(_of_breach(document, breach) for breach in found)
    return config


def _encrypted_in_sections(document: Document) -> Iterator[Fault]:
    """A secret inside a section would come out in plain wherever the section is read; under a key of its own nobody reads it.

    A key that is given without a namespace gets the project's, which is how a credential ends up here.
    """
    sections = keys_of(())
    for path in document.encrypted:
        section, *inside = path
        if inside or section in sections:
            yield document.fault(path, "is encrypted inside a section", "a credential is a key of its own under `config:`")
        elif str(section).startswith(f"{NAMESPACE}:"):
            meant = f"{_CREDENTIALS}{str(section).removeprefix(f'{NAMESPACE}:')}"
            yield document.fault(path, "is encrypted and no section", f"a credential is called {_CREDENTIALS}<name>: {meant}?")


def _may_hold_secrets(document: Document, fault: Fault) -> bool:
    """Whether a fault could show a secret: under the engine, a section comes with its encrypted values in plain."""
    section = re.split(r"[.\[]", fault.key)[0]
    return any(section in path for path in document.encrypted)


def _foreign_keys(document: Document) -> Iterator[Fault]:
    for key in document.values:
        if not key.startswith((f"{NAMESPACE}:", "pulumi:", _CREDENTIALS)):
            yield document.fault(
                (key,),
                "has no effect here",
                f"{NAMESPACE}:<section>, {_CREDENTIALS}<name> or pulumi:<setting>; the provider's account and region come from "
                f"{NAMESPACE}:platform",
            )


def _misplaced_credentials(document: Document, config: StackConfig) -> Iterator[Fault]:
    """Values are never shown: the one that should have been encrypted least of all."""
    known = config.secrets.given
    for key in document.values:
        name = key.removeprefix(_CREDENTIALS)
        if key == name:
            continue
        if name not in known:
            allowed = f"one of {', '.join(known)}" if known else "an entry of secrets.given first"
            yield document.fault((key,), "is the value of no given secret", f"{allowed}{nearest(name, known)}")
        elif (key,) not in document.encrypted:
            yield document.fault((key,), "is not encrypted", f"pulumi config set --secret {key}; what stood here is known by now")


def _of_errors(document: Document, errors: Sequence[ErrorDetails]) -> Iterator[Fault]:
    """One fault a place: a misspelt key, which the model sees as one key too many and one missing, is said once."""
    places = {_path(error["loc"]): error for error in reversed(errors)}
    missing = {path for path, error in places.items() if error["type"] == "missing"}
    for path in [path for path, error in places.items() if error["type"] == "extra_forbidden"]:
        meant = _meant(path, missing, places)
        missing.discard(meant or ())
        hint = f"did you mean {meant[-1]}?" if meant else f"one of {', '.join(keys_of(path[:-1]))}"
        yield document.fault(path, "is no key that can stand here", hint)
    for path in missing:
        yield document.fault(path, "is missing", _allowed(path))
    for path, error in places.items():
        if error["type"] not in ("missing", "extra_forbidden"):
            yield _of_value(document, path, error)


def _meant(path: KeyPath, missing: set[KeyPath], places: Mapping[KeyPath, ErrorDetails]) -> KeyPath | None:
    """The key that the unknown key at `path` was meant to be, if there is one near enough. Missing keys come first."""
    parent = path[:-1]
    absent = [str(other[-1]) for other in missing if other[:-1] == parent]
    unknown = [other for other, error in places.items() if error["type"] == "extra_forbidden" and other[:-1] == parent]
    if len(absent) == 1 and len(unknown) == 1:
        return (*parent, absent[0])
    for known in (absent, keys_of(parent)):
        if near := get_close_matches(str(path[-1]), known, n=1):
            return (*parent, near[0])
    return None


def _of_value(document: Document, path: KeyPath, error: ErrorDetails) -> Fault:
    if path[-1] == "[key]":
        return document.fault(path[:-1], "is no possible name", names_of(path[:-2]))
    value = error["input"]
    own = error.get("ctx", {}).get("error") if error["type"] == "value_error" else None
    problem = str(own) if own else f"{_shown(value)} is not possible"
    hint = _allowed(path)
    near = nearest(value, map(str, (find(path) or {}).get("enum", ()))) if isinstance(value, str) else ""
    return document.fault(path, problem, f"{hint}{near}")


def _shown(value: Any) -> str:
    """A value as a message shows it: itself where it is short, else what kind of thing it is."""
    kind = type_name.get(type(value), "nothing")  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, list | dict):
        return kind
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"a text of {len(value)} characters"
    return kind if value is None else f"{json.dumps(value)} ({kind})"


def _allowed(path: KeyPath) -> str:
    node = find(path)
    return allowed(node) if node else "nothing"


def _path(location: tuple[int | str, ...]) -> KeyPath:
    return (f"{NAMESPACE}:{location[0]}", *location[1:])


def _of_breach(document: Document, breach: Breach) -> Fault:
    return document.fault(breach.path, breach.problem, breach.allowed)
