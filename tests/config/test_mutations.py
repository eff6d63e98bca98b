"""Every way to get a key of a stack file wrong: each of hundreds of files is refused with one clear error and exit code 2."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from stack.config.document import ANY_NAME, ANY_NUMBER, format_path, project_name, read
from stack.config.reference import entries, find, keys_of
from tests.harness import ROOT, STACKS, plinth_here

_OTHERS: dict[type, list[Any]] = {
    str: [7, True, ["x"], {"x": 1}, None, ""],
    bool: ["x", 7, [True], {"x": 1}, None, "true"],
    int: ["x", True, 1.5, [3], {"x": 1}, None, -1],
    list: ["x", 7, {"x": 1}, None, []],
    dict: ["x", 7, ["x"], None],
}


class Mutation(NamedTuple):
    """A stack file with one thing wrong. `key` is what the error must name; `hint` must stand in what it allows."""

    name: str
    stack: str
    values: dict[str, Any]
    key: str
    hint: str


def _values(stack: str) -> dict[str, Any]:
    return copy.deepcopy(dict(read(ROOT, stack, project_name(ROOT)).values))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a configuration, maps and lists included."""
    if path:
        yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
    for key, item in items:
        yield from _paths(item, (*path, key))


def _at(values: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        values = values[step]
    return values


def _changed(stack: str, path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    values = _values(stack)
    _at(values, path[:-1])[path[-1]] = value
    return values


def _deleted(stack: str, path: tuple[Any, ...]) -> dict[str, Any]:
    values = _values(stack)
    del _at(values, path[:-1])[path[-1]]
    return values


def _renamed(stack: str, path: tuple[Any, ...], name: str) -> dict[str, Any]:
    values = _values(stack)
    parent = _at(values, path[:-1])
    parent[name] = parent.pop(path[-1])
    return values


def _misspelt(key: str) -> set[str]:
    head, colon, name = key.rpartition(":")
    snake = re.sub(r"([A-Z])", lambda hump: f"_{hump[1].lower()}", name)
    wrong = {name[:-1], name + "s", name[1] + name[0] + name[2:], name.capitalize(), snake} - {name, ""}
    return {head + colon + each for each in wrong}


def _may_be_empty(path: tuple[Any, ...], value: Any) -> bool:
    node = find(path) or {}
    if value is None:  # which stands for a key that was left out
        return "default" in node and node["default"] is None
    return (value == [] and "minItems" not in node) or (value == "" and re.search(node.get("pattern", "."), "") is not None)


def _places() -> Iterator[tuple[str, tuple[Any, ...]]]:
    """One place for each key and each kind of entry: all entries of a map of free names, or of a list, are read alike.

    The stacks take turns.
    """
    found: dict[tuple[Any, ...], list[tuple[str, tuple[Any, ...]]]] = {}
    for stack in STACKS:
        for path in _paths(_values(stack)):
            alike = tuple(step if step in keys_of(path[:at]) else "*" for at, step in enumerate(path))
            found.setdefault(alike, []).append((stack, path))
    for turn, places in enumerate(found.values()):
        yield places[turn % len(places)]


def mutations() -> Iterator[Mutation]:
    for stack, path in _places():
        values, shown = _values(stack), format_path(path)
        if path[-1] in keys_of(path[:-1]):
            if "default" not in (find(path) or {}):
                yield Mutation(f"{stack} without {shown}", stack, _deleted(stack, path), shown, "")
            for wrong in sorted(_misspelt(path[-1])):
                key = format_path((*path[:-1], wrong))
                yield Mutation(f"{stack} with {key}", stack, _renamed(stack, path, wrong), key, f"did you mean {path[-1]}?")
        for other in _OTHERS[type(_at(values, path))]:
            if other == _at(values, path) or _may_be_empty(path, other):
                continue  # nothing is wrong with it
            yield Mutation(f"{stack} {shown} = {other!r}", stack, _changed(stack, path, other), shown, "")


ALL = list(mutations())


def test_there_are_hundreds_of_them_and_they_cover_every_key() -> None:
    assert len(ALL) > 400
    named = {mutation.key for mutation in ALL}
    assert {format_path(path) for _, path in _places() if find(path)} <= named
    for entry in entries():
        if not {ANY_NAME, ANY_NUMBER} & set(entry.path):
            assert format_path(entry.path) in named
    assert {mutation.stack for mutation in ALL} == set(STACKS)


@pytest.mark.requirement("DEL-13", part="the schema: every key is declared, typed and required")
@pytest.mark.parametrize("mutation", ALL, ids=[mutation.name for mutation in ALL])
def test_a_file_with_one_thing_wrong_is_refused_with_one_error_that_names_it(
    mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    file = tmp_path / f"Pulumi.{mutation.stack}.yaml"
    file.write_text(yaml.safe_dump({"config": mutation.values}))
    done = plinth_here(tmp_path, "preview", "--stack", mutation.stack, patch=monkeypatch, capture=capsys)

    said = done.err.splitlines()
    faults = [line for line in said if line.startswith(file.name)]
    assert done.code == 2
    assert len(faults) == 1, said
    place, key, what = faults[0].split(": ", 2)
    assert re.fullmatch(rf"{file.name}:\d+", place)
    assert key == mutation.key
    problem, _, allowed = what.partition("; ")
    assert problem
    assert allowed
    assert mutation.hint in allowed
    assert said[-1] == "1 fault; nothing was touched"
    assert not (tmp_path / "out").exists()
