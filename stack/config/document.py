"""The stack file `Pulumi.<stack>.yaml`, read as the Pulumi command line does, which an offline preview is without.

The rules are those of pulumi/sdk/v3 v3.250.0, go/common/workspace/loaders.go and go/common/resource/config. Where the
command line goes on in silence (an unknown setting, a second document, two keys that mean the same), a fault is raised.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from stack.config.faults import ConfigError, Fault, type_name
from stack.config.scalars import Scalar, json_text
from stack.config.yaml_v3 import Entry, KeyPath, Problem, load

__all__ = [
    "ANY_NAME",
    "ANY_NUMBER",
    "ENCRYPTED",
    "SETTINGS",
    "Document",
    "Json",
    "KeyPath",
    "format_path",
    "project_name",
    "read",
]

Json: TypeAlias = "Scalar | list[Json] | dict[str, Json]"

ANY_NAME, ANY_NUMBER = "<name>", "<number>"
"""Steps of a path that stand for every name in a map, and for every place in a list."""

ENCRYPTED = "[encrypted]"
"""What stands for an encrypted value: the command line alone can decrypt it."""

SETTINGS = ("config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider")
"""What can stand at the top of a stack file (project.go, ProjectStack)."""
_FILE = "the file"


def mapping(value: Json) -> Mapping[str, Json]:
    """The map that a value is; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Document:
    """One stack file.

    `values` holds the entries of `config:` by their full key: `{"plinth:networking": {"zones": 2}}`. Numbers are as the
    program gets them, through JSON: `1.0` is 1. `encrypted` has the line of `secure:` for each path where ENCRYPTED
    stands, `lines` the line of each key and of each item of a list, and that of `config:` for the path `()`.
    `folder` is that of the program, where the paths begin that stand in the file.
    """

    file: str
    values: Mapping[str, Json]
    encrypted: Mapping[KeyPath, int]
    lines: Mapping[KeyPath, int]
    folder: Path = Path()

    def line(self, path: KeyPath) -> int:
        """Return the line of a path or of the nearest one above it that stands in the file; 0 if none does."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def at(self, path: KeyPath) -> Json:
        """The value at a path, None where nothing stands there."""
        value: Json = dict(self.values)
        for step in path:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def fault(self, path: KeyPath, problem: str, allowed: str) -> Fault:
        """What is wrong with the value at a path, with its place in the file."""
        return Fault(file=self.file, line=self.line(path), key=format_path(path), problem=problem, allowed=allowed)

    def environment(self) -> dict[str, str]:
        """PULUMI_CONFIG and PULUMI_CONFIG_SECRET_KEYS, as the program finds them in its environment."""
        config = {key: _plaintext(value) for key, value in self.values.items()}
        secret = sorted({str(path[0]) for path in self.encrypted})
        return {
            "PULUMI_CONFIG": json.dumps(config, ensure_ascii=False),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(secret, ensure_ascii=False),
        }


def read(folder: Path, stack: str, project: str) -> Document:
    """Read `Pulumi.<stack>.yaml` in a folder; a key without a namespace gets that of the project.

    Raises ConfigError with every fault of the file.
    """
    file = f"Pulumi.{stack}.yaml"
    settings, faults = _settings(folder, file)
    faults += [_unknown(file, name, entry) for name, entry in settings.items() if name not in SETTINGS]
    config = settings.get("config", Entry(1, None))
    entries: dict[str, Entry] = {}
    if isinstance(config.value, dict):
        entries, bad_keys = _namespaced(file, config.value, project)
        faults += bad_keys
    else:
        problem = f"is {_kind(config)}" if "config" in settings else "is missing"
        faults.append(Fault(file=file, line=config.line, key="config", problem=problem, allowed="it must be a map"))
    if faults:
        raise ConfigError(faults)
    lines: dict[KeyPath, int] = {(): config.line}
    encrypted: dict[KeyPath, int] = {}
    values = {key: _json(entry, (key,), lines, encrypted) for key, entry in entries.items()}
    return Document(file, values, encrypted, lines, folder)


def project_name(folder: Path) -> str:
    """Return the `name:` of `Pulumi.yaml` in a folder; raises ConfigError if it is missing or no text."""
    settings, faults = _settings(folder, "Pulumi.yaml")
    name = settings.get("name", Entry(1, None))
    if not faults and (not isinstance(name.value, str) or not name.value):
        problem = f"is {_kind(name)}" if name.value != "" and "name" in settings else "is missing"
        faults = [Fault(file="Pulumi.yaml", line=name.line, key="name", problem=problem, allowed="it must be text")]
    if faults:
        raise ConfigError(faults)
    return str(name.value)


def format_path(path: KeyPath) -> str:
    """Write a path as the user does: `plinth:networking.zones[2]`, `plinth:services["a b"]`; `config` for the whole."""
    if not path:
        return "config"
    head, *rest = path
    return str(head) + "".join(map(_step, rest))


def _step(part: str | int) -> str:
    if isinstance(part, int) or part == ANY_NUMBER:
        return f"[{part}]"
    plain = part == ANY_NAME or re.fullmatch(r"[A-Za-z_]\w*", part, re.ASCII)
    return f".{part}" if plain else f"[{json.dumps(part, ensure_ascii=False)}]"


def _settings(folder: Path, file: str) -> tuple[dict[str, Entry], list[Fault]]:
    """Read the top-level entries of a file and the faults of its YAML; raises ConfigError if there are no entries."""
    try:
        data = (folder / file).read_bytes()
    except OSError as error:
        raise ConfigError([_unreadable(folder, file, error)]) from None
    root, problems = load(data)
    faults = [_fault(file, problem) for problem in problems]
    if isinstance(root.value, dict):
        return root.value, faults
    if not faults:
        faults = [Fault(file=file, line=root.line, key=_FILE, problem=f"is {_kind(root)}", allowed="it must be a map")]
    raise ConfigError(faults)


def _unreadable(folder: Path, file: str, error: OSError) -> Fault:
    problem = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
    others = sorted(path.name for path in folder.glob("Pulumi.*.yaml") if not path.name.endswith(".deploy.yaml"))
    allowed = f"the folder has {', '.join(others)}" if others else "the folder has no stack file"
    return Fault(file=file, line=0, key=_FILE, problem=problem, allowed=allowed)


def _fault(file: str, problem: Problem) -> Fault:
    """Return the fault of a problem, its key as it stands in the file: with a namespace only if that is written."""
    within = problem.path[1:] if problem.path[:1] == ("config",) else problem.path
    key = format_path(within) if problem.path else _FILE
    return Fault(file=file, line=problem.line, key=key, problem=problem.what, allowed=problem.allowed)


def _kind(entry: Entry) -> str:
    return "empty" if entry.value is None else type_name[type(entry.value)]


def _unknown(file: str, name: str, entry: Entry) -> Fault:
    near = get_close_matches(name, SETTINGS, n=1)
    hint = f"did you mean {near[0]}?" if near else "the entries of the program stand under config"
    allowed = f"{hint} (allowed: {', '.join(SETTINGS)})"
    return Fault(file=file, line=entry.line, key=name, problem="is not a setting of a stack file", allowed=allowed)


def _namespaced(file: str, config: Mapping[str, Entry], project: str) -> tuple[dict[str, Entry], list[Fault]]:
    """Return the entries by full key (loaders.go, stackConfigNamespacedWithProject) and what is wrong with the keys."""
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for name, entry in config.items():
        key = _full_key(name, project)
        if key is None or not entry.text_key:
            problem = "is not a key of the configuration" if entry.text_key else "is a key that is not text"
            allowed = "write it as namespace:name or name" if entry.text_key else "put it in quotes"
        elif key in entries:
            problem, allowed = f"means {key}, which stands on line {entries[key].line} already", "keep one of the two"
        else:
            entries[key] = entry
            continue
        faults.append(Fault(file=file, line=entry.line, key=name, problem=problem, allowed=allowed))
    return entries, faults


def _full_key(name: str, project: str) -> str | None:
    """Return the key with its namespace, None for a malformed one (config/key.go, ParseKey)."""
    match name.split(":"):
        case [bare]:
            return f"{project}:{bare}"
        case [namespace, bare] | [namespace, "config", bare]:
            return f"{namespace}:{bare}"
        case _:
            return None


def _json(entry: Entry, path: KeyPath, lines: dict[KeyPath, int], encrypted: dict[KeyPath, int]) -> Json:
    """Return the value as the program gets it; records its lines and the encrypted values in it."""
    lines[path] = entry.line
    value = entry.value
    if isinstance(value, list):
        return [_json(item, (*path, at), lines, encrypted) for at, item in enumerate(value)]
    if isinstance(value, dict):
        secure = value.get("secure")
        if secure and len(value) == 1 and isinstance(secure.value, str):  # config/object.go, isSecureValue
            encrypted[path] = secure.line
            return ENCRYPTED
        return {name: _json(inner, (*path, name), lines, encrypted) for name, inner in value.items()}
    if isinstance(value, int) and value >= 2**63 and len(path) > 1:
        value = float(value)  # what is inside a map or a list is decoded once more, into int64 or float64 (object.go)
    return json.loads(json_text(value)) if isinstance(value, float) else value


def _plaintext(value: Json) -> str:
    """Return an entry as text (config/plaintext.go, marshalText); null is empty (loaders.go, checkForEmptyConfig)."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return json_text(value)
