"""Every way to get a key of a stack file wrong: each of thousands of files is refused with one clear error.

They are judged in memory, where thousands take seconds; the command itself is given one of each section.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from stack.config.document import ANY_NAME, ANY_NUMBER, Document, format_path, project_name, read
from stack.config.faults import ConfigError, Fault
from stack.config.loader import validate
from stack.config.reference import entries, find, keys_of
from tests.harness import ROOT, STACKS, plinth_here

_OTHERS: dict[type, list[Any]] = {
    str: [7, True, ["x"], {"x": 1}, None, ""],
    bool: ["x", 7, [True], {"x": 1}, None, "true"],
    int: ["x", True, 1.5, [3], {"x": 1}, None, -1],
    list: ["x", 7, {"x": 1}, None, []],
    dict: ["x", 7, ["x"], None],
}

_keys = cache(keys_of)


class Mutation(NamedTuple):
    """A stack file with one thing wrong. `key` is what the error must name; `hint` must stand in what it allows."""

    name: str
    stack: str
    values: dict[str, Any]
    key: str
    hint: str


class Place(NamedTuple):
    """A key, or an entry, of the file of a stack."""

    stack: str
    path: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.stack} {format_path(self.path)}"


@cache
def _document(stack: str) -> Document:
    """The file of a stack as it is. Nobody may change its values: they are shared by all that is wrong with them."""
    return read(ROOT, stack, project_name(ROOT))


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


def _without(items: Any, key: Any) -> Any:
    return {name: item for name, item in items.items() if name != key}


def _edited(values: Any, path: tuple[Any, ...], edit: Callable[[Any, Any], Any]) -> Any:
    """The values with the map or list that `path` ends in put through `edit`. What lies beside the path is shared."""
    if len(path) == 1:
        return edit(values, path[0])
    edited = copy.copy(values)
    edited[path[0]] = _edited(values[path[0]], path[1:], edit)
    return edited


def _changed(values: Any, path: tuple[Any, ...], other: Any) -> Any:
    def edit(items: Any, key: Any) -> Any:
        edited = copy.copy(items)
        edited[key] = other
        return edited

    return _edited(values, path, edit)


def _deleted(values: Any, path: tuple[Any, ...]) -> Any:
    return _edited(values, path, _without)


def _renamed(values: Any, path: tuple[Any, ...], name: str) -> Any:
    return _edited(values, path, lambda items, key: {**_without(items, key), name: items[key]})


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


def _places() -> Iterator[Place]:
    """One place for each key and each kind of entry: all entries of a map of free names, or of a list, are read alike.

    The stacks take turns.
    """
    found: dict[tuple[Any, ...], list[Place]] = {}
    for stack in STACKS:
        for path in _paths(dict(_document(stack).values)):
            alike = tuple(step if step in _keys(path[:at]) else "*" for at, step in enumerate(path))
            found.setdefault(alike, []).append(Place(stack, path))
    for turn, places in enumerate(found.values()):
        yield places[turn % len(places)]


def mutations(place: Place) -> Iterator[Mutation]:
    """Every way to get one place wrong."""
    stack, path = place
    values, shown = _document(stack).values, format_path(path)
    here = _at(values, path)
    if path[-1] in _keys(path[:-1]):
        if "default" not in (find(path) or {}):
            yield Mutation(f"{stack} without {shown}", stack, _deleted(values, path), shown, "")
        for wrong in sorted(_misspelt(path[-1])):
            key = format_path((*path[:-1], wrong))
            yield Mutation(f"{stack} with {key}", stack, _renamed(values, path, wrong), key, f"did you mean {path[-1]}?")
    for other in _OTHERS[type(here)]:
        if other == here or _may_be_empty(path, other):
            continue  # nothing is wrong with it
        yield Mutation(f"{stack} {shown} = {other!r}", stack, _changed(values, path, other), shown, "")


PLACES = list(_places())
SECTIONS = sorted({path[0] for _, path in PLACES})


def test_there_are_thousands_of_them_and_they_cover_every_key() -> None:
    every = [mutation for place in PLACES for mutation in mutations(place)]
    assert len(every) > 4000
    named = {mutation.key for mutation in every}
    assert {format_path(path) for _, path in PLACES if find(path)} <= named
    for entry in entries():
        if not {ANY_NAME, ANY_NUMBER} & set(entry.path):
            assert format_path(entry.path) in named
    assert {mutation.stack for mutation in every} == set(STACKS)


def _faults(mutation: Mutation) -> tuple[Fault, ...]:
    """What is said of the file with one thing wrong, without a file: the lines are those of the file as it is."""
    try:
        validate(replace(_document(mutation.stack), values=mutation.values))
    except ConfigError as error:
        return error.faults
    return ()


@pytest.mark.requirement("DEL-13", part="the schema: every key is declared, typed and required")
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_file_with_one_thing_wrong_is_refused_with_one_error_that_names_it(place: Place) -> None:
    for mutation in mutations(place):
        said = _faults(mutation)
        assert [fault.key for fault in said] == [mutation.key], mutation.name
        (fault,) = said
        assert fault.problem, mutation.name
        assert fault.allowed, mutation.name
        assert mutation.hint in fault.allowed, mutation.name
        assert _document(mutation.stack).lines[place.path[:-1]] <= fault.line, mutation.name


@pytest.mark.parametrize("section", SECTIONS)
def test_the_command_says_so_with_the_line_and_touches_nothing(
    section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For one file of each section: the sections take turns with what is wrong."""
    every = [mutation for place in PLACES if place.path[0] == section for mutation in mutations(place)]
    mutation = every[SECTIONS.index(section) * 7 % len(every)]
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
