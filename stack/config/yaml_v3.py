"""A YAML file as gopkg.in/yaml.v3 v3.0.1 decodes it, the library of the Pulumi command line (decode.go).

PyYAML splits the text into events and nothing more. Its own composer refuses to use the name of an anchor twice, which
yaml.v3 allows, and its constructors read `on` as true and silently keep the last of two equal keys.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import yaml

from stack.config.scalars import BINARY, MERGE, STR, Scalar, is_text, key_text, resolve

KeyPath: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "Scalar | list[Entry] | dict[str, Entry]"

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_LONG_TAG = "tag:yaml.org,2002:"
_MAX_DEPTH = 100  # yaml.v3 allows 10,000; no stack file comes near, and Python's stack ends before that
_FORBIDDEN = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # yaml.v3 readerc.go


class Problem(NamedTuple):
    """What is wrong at one path of the file; `what` and `allowed` are as in a Fault and hold no value of the file."""

    line: int
    path: KeyPath
    what: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the line of its key (of the item, in a list). `text_key` is false where the key was not text."""

    line: int
    value: Value
    text_key: bool = True


def load(data: bytes) -> tuple[Entry, list[Problem]]:
    """Read a file of one document: its root, whose value is None if the file is empty, and every problem in it.

    After a mistake of syntax nothing else is known: it is the only problem, and the root is None.
    """
    decoder = _Decoder()
    try:
        root = _Composer(_text(data)).document()
        return Entry(root.line, decoder.value(root, ())) if root else Entry(1, None), decoder.problems
    except _SyntaxProblem as error:
        return Entry(1, None), [Problem(error.line, (), error.what, error.allowed)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Entry(1, None), [Problem(line, (), f"is not YAML: {error.problem}", "check indentation and quotes")]


class _SyntaxProblem(Exception):  # noqa: N818
    """A problem after which the rest of the file cannot be read."""

    def __init__(self, line: int, what: str, allowed: str) -> None:
        super().__init__(what)
        self.line, self.what, self.allowed = line, what, allowed


def _too_deep(line: int) -> _SyntaxProblem:
    return _SyntaxProblem(line, f"is nested more than {_MAX_DEPTH} levels deep", "make it flatter")


def _text(data: bytes) -> str:
    """Decode the file; raises _SyntaxProblem. Pulumi drops a byte order mark too (workspace/loaders.go)."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _SyntaxProblem(line, "is not UTF-8 text", "save the file as UTF-8") from None
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _SyntaxProblem(line, f"holds the control character U+{ord(found[0]):04X}", "remove it")
    return text


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A scalar as it is written; `tag` as `resolve` takes it, MERGE for a plain `<<`."""

    line: int
    tag: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class _List:
    line: int
    items: "list[_Node]"


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    line: int
    pairs: "list[tuple[_Node, _Node]]"


@dataclass(frozen=True, slots=True, eq=False)
class _Alias:
    line: int
    name: str
    target: "_Text | _List | _Map"


_Node: TypeAlias = _Text | _List | _Map | _Alias


class _Composer:
    """Builds the nodes of a document from PyYAML's events."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, _Text | _List | _Map] = {}

    def document(self) -> _Node | None:
        """Return the root of the only document, None if there is none; raises _SyntaxProblem, yaml.MarkedYAMLError."""
        next(self._events)  # the start of the stream
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            return None
        if start.version not in (None, (1, 1)):  # yaml.v3 parserc.go, yaml_parser_process_directives
            raise _SyntaxProblem(_line(start), "asks for another version of YAML than 1.1", "remove the line %YAML")
        root = self._node(next(self._events), 0, in_flow=False)
        next(self._events)  # the end of the document
        more = next(self._events)
        if isinstance(more, yaml.DocumentStartEvent):  # of which the command line takes no notice at all
            raise _SyntaxProblem(_line(more), "starts a second document", "a stack file is one: remove the `---`")
        return root

    def _node(self, event: yaml.Event, depth: int, *, in_flow: bool) -> _Node:
        line = _line(event)
        if depth > _MAX_DEPTH:
            raise _too_deep(line)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor or "", line)
        if isinstance(event, yaml.ScalarEvent):
            # yaml.v3 scannerc.go ends a text before a `?` there, and takes the comma behind a tag for a part of the tag.
            if in_flow and not event.style and ("?" in event.value or (event.tag and not event.value)):
                raise _SyntaxProblem(line, "holds a ? or a tag without a text within [ ] or { }", "put it in quotes")
            node = _Text(line, _tag(event), event.value)
        else:
            node = _List(line, []) if isinstance(event, yaml.SequenceStartEvent) else _Map(line, [])
        # An anchor counts from where it stands (decode.go, parser.mapping), so a map or a list can hold itself.
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._anchors[event.anchor] = node
        children = self._children(event, depth, in_flow)
        if isinstance(node, _List):
            node.items.extend(children)
        elif isinstance(node, _Map):
            node.pairs.extend(zip(children, children, strict=True))
        return node

    def _children(self, start: yaml.Event, depth: int, in_flow: bool) -> Iterator[_Node]:
        in_flow = in_flow or (isinstance(start, yaml.CollectionStartEvent) and bool(start.flow_style))
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            yield self._node(event, depth + 1, in_flow=in_flow)

    def _alias(self, name: str, line: int) -> _Alias:
        if name not in self._anchors:
            raise _SyntaxProblem(line, f"*{name} has no anchor", f"write &{name} before the value it stands for")
        return _Alias(line, name, self._anchors[name])


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _tag(event: yaml.ScalarEvent) -> str:
    """Return the tag that counts (decode.go, parser.scalar): an explicit one, else text for what is quoted."""
    if event.tag and event.tag != "!":
        return re.sub(f"^{_LONG_TAG}", "!!", event.tag)
    if event.style:
        return STR
    return MERGE if event.value == "<<" else ""


class _Decoder:
    """Turns nodes into values and collects the problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._open: list[_Alias] = []
        self._decoded = self._aliased = 0

    def value(self, node: _Node, path: KeyPath, text_keys: bool | None = None) -> Value:
        """Return the value of a node, None where there is a problem; raises _SyntaxProblem if aliases multiply.

        `text_keys` is what a map takes over from the map it is merged into: whether all keys are read as text.
        """
        self._count(node, path)
        if isinstance(node, _Alias):
            return self._follow(node, path, text_keys)
        if isinstance(node, _Text):
            return self._scalar(node, path, "quote it if it is meant as text")
        if isinstance(node, _List):
            return [Entry(item.line, self.value(item, (*path, at))) for at, item in enumerate(node.items)]
        return self._map(node, path, _has_text_keys(node) if text_keys is None else text_keys)

    def _count(self, node: _Node, path: KeyPath) -> None:
        """Stop where aliases multiply: the limit of yaml.v3 for a file of normal size (decoder.unmarshal)."""
        if len(path) + len(self._open) > _MAX_DEPTH:
            raise _too_deep(node.line)
        self._decoded += 1
        self._aliased += bool(self._open)
        if self._decoded > 1000 and self._aliased > 0.99 * self._decoded:
            raise _SyntaxProblem(node.line, "uses aliases within aliases too often", "write some of them out")

    def _follow(self, alias: _Alias, path: KeyPath, text_keys: bool | None) -> Value:
        if alias in self._open:
            self._report(alias, path, f"*{alias.name} contains itself", "write out what is meant")
            return None
        self._open.append(alias)
        value = self.value(alias.target, path, text_keys)
        self._open.pop()
        return value

    def _scalar(self, node: _Text, path: KeyPath, allowed: str) -> Scalar:
        try:
            value = resolve(node.tag, node.text)
        except ValueError as error:
            self._report(node, path, str(error), allowed)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._report(node, path, f"{node.text} has no place in JSON, which the program gets", allowed)
            return None
        if isinstance(value, str) and "\n" in value and value[0] in "\n\t\u2028\u2029":
            # Pulumi encodes the file anew before it decodes it (workspace/loaders.go), and yaml.v3 then writes a block.
            self._report(node, path, "begins with an empty line or a tab, which gets lost", "begin with the text")
            return None
        return value

    def _map(self, node: _Map, path: KeyPath, text_keys: bool) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        lines: dict[str, int] = {}
        merged: _Node | None = None
        for key, value in node.pairs:
            name = "<<" if _is_merge(key) else self._key(key, path, text_keys)
            if name is None:
                continue
            if name in lines:
                self._report(key, (*path, name), f"stands on line {lines[name]} already", "keep one of the two")
                continue
            lines[name] = key.line
            if _is_merge(key):
                merged = value
            else:
                entries[name] = Entry(key.line, self.value(value, (*path, name)), text_keys)
        if merged:
            self._merge(merged, path, text_keys, entries)
        return entries

    def _merge(self, node: _Node, path: KeyPath, text_keys: bool, entries: dict[str, Entry]) -> None:
        """Add the entries of the map or maps behind `<<`; those that are there already win (decoder.merge)."""
        for source in node.items if isinstance(node, _List) else [node]:
            if not isinstance(source.target if isinstance(source, _Alias) else source, _Map):
                self._report(source, path, "merges something that is not a map", "give `<<` a map or a list of maps")
            elif isinstance(merged := self.value(source, path, text_keys), dict):
                for name, entry in merged.items():
                    entries.setdefault(name, entry)

    def _key(self, node: _Node, path: KeyPath, text_keys: bool) -> str | None:
        """Return the text of a key, None if it is left out: a null among keys that are read as text (decoder.null)."""
        scalar = node.target if isinstance(node, _Alias) else node
        if not isinstance(scalar, _Text):
            self._report(node, path, "has a key that is a list or a map", "a key is text")
            return None
        value = self._scalar(scalar, path, "put the key in quotes")
        if value == "<<":  # encoded anew it stands without quotes
            self._report(node, path, "has << as the name of a key", "only a merge of maps is written so")
            return None
        if not text_keys:
            return key_text(value)
        # As it is written, even a number: it is decoded into a string (decoder.scalar).
        return None if value is None else str(value) if scalar.tag == BINARY else scalar.text

    def _report(self, node: _Node, path: KeyPath, what: str, allowed: str) -> None:
        self.problems.append(Problem(node.line, path, what, allowed))


def _has_text_keys(node: _Map) -> bool:
    """Tell whether every key is text, so that yaml.v3 makes a map[string]any (decode.go, isStringMap)."""
    keys = [key.target if isinstance(key, _Alias) else key for key, _ in node.pairs]
    return all(isinstance(key, _Text) and (key.tag == MERGE or is_text(key.tag, key.text)) for key in keys)


def _is_merge(node: _Node) -> bool:
    return isinstance(node, _Text) and node.tag == MERGE and node.text == "<<"
