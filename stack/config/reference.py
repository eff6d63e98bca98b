"""What can stand in a stack file: its JSON Schema, and what each key means and allows. All from the models, nothing by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from stack.config.document import ANY_NAME, ANY_NUMBER, SETTINGS, KeyPath
from stack.config.model import CREDENTIALS, NAMESPACE, StackConfig

Node: TypeAlias = Mapping[str, Any]
"""A JSON Schema, references resolved. Besides the standard words a text may carry `allowed`: its pattern in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key: its path, what it means and what it allows, in plain words."""

    path: KeyPath
    description: str
    allowed: str


@cache
def stack_file_schema() -> Node:
    """The JSON Schema (2020-12) of Pulumi.<stack>.yaml, for editors."""
    model = StackConfig.model_json_schema()
    sections = {f"{NAMESPACE}:{name}": schema for name, schema in model["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            "config": {
                "type": "object",
                "required": list(sections),
                "additionalProperties": False,
                "properties": sections,
                "patternProperties": {
                    f"^{CREDENTIALS}:": {
                        "description": "The value of a given secret, encrypted: written by the Pulumi command line."
                    },
                    "^pulumi:": {"description": "Settings of the Pulumi engine itself."},
                },
            },
            **{key: {"description": "Written by the Pulumi command line."} for key in SETTINGS if key != "config"},
        },
        "$defs": model["$defs"],
    }


def find(path: KeyPath) -> Node | None:
    """The schema of the key at `path` (`("plinth:networking", "zones", 2)`); None where no such key can be."""
    node: Node | None = _resolved(stack_file_schema()["properties"]["config"])
    for step in path:
        if node is None:
            return None
        node = _child(node, step)
    return node


def keys_of(path: KeyPath) -> tuple[str, ...]:
    """The keys that may stand in the map at `path`; none where it is no map or one of free names."""
    node = find(path)
    return tuple(node.get("properties", ())) if node else ()


def names_of(path: KeyPath) -> str:
    """What the names in the map at `path` must be, in plain words."""
    node = find(path) or {}
    return allowed(node.get("propertyNames", {}))


def allowed(node: Node) -> str:
    """What a value must be, in plain words."""
    if "allowed" in node:
        return node["allowed"]
    if "enum" in node:
        return f"one of {', '.join(map(str, node['enum']))}"
    match node.get("type"):
        case "integer" | "number" as kind:
            noun = "a whole number" if kind == "integer" else "a number"
            return noun + _bounds(node, "minimum", "maximum", " from {} to {}", " of at least {}")
        case "boolean":
            return "true or false"
        case "array":
            size = _bounds(node, "minItems", "maxItems", " of {} to {}", " of at least {}")
            return f"a list{size}, each {allowed(_resolved(node['items']))}"
        case "object" if "properties" in node:
            return f"a map with the keys {', '.join(node['properties'])}"
        case "object":
            return f"a map from names to {allowed(_entry_of(node) or {})}"
        case _:
            return "a text"


def entries() -> tuple[Entry, ...]:
    """Every key that can stand in a stack file, in the order of the models."""
    return tuple(_walk((), _resolved(stack_file_schema()["properties"]["config"])))


def _walk(path: KeyPath, node: Node) -> Iterator[Entry]:
    for key, child in _children(node).items():
        here = (*path, key)
        yield Entry(path=here, description=child.get("description", ""), allowed=allowed(child))
        yield from _walk(here, child)


def _children(node: Node) -> dict[str, Node]:
    """The named keys of a map; what has keys of its own in a map of free names, and in a list."""
    if "properties" in node:
        return {key: _resolved(child) for key, child in node["properties"].items()}
    inner = {ANY_NAME: _entry_of(node), ANY_NUMBER: _resolved(node["items"]) if "items" in node else None}
    return {step: child for step, child in inner.items() if child and "properties" in child}


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return _resolved(node["items"]) if "items" in node else None
    child = node.get("properties", {}).get(step)
    return _resolved(child) if child is not None else _entry_of(node)


def _entry_of(node: Node) -> Node | None:
    """The schema of each entry of a map of free names; None for any other node."""
    if "patternProperties" in node and "properties" not in node:
        (entry,) = node["patternProperties"].values()
        return _resolved(entry)
    return None


def _resolved(node: Node) -> Node:
    """`node` with its reference followed. What stands beside the reference (a description) wins over what it refers to.

    What can be left out is read as what it is where it is there.
    """
    if "anyOf" in node:
        (there,) = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
        return {**_resolved(there), **{key: value for key, value in node.items() if key != "anyOf"}}
    reference = node.get("$ref")
    if reference is None:
        return node
    target = stack_file_schema()["$defs"][reference.rsplit("/", 1)[-1]]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _bounds(node: Node, low: str, high: str, both: str, least: str) -> str:
    if low in node and high in node:
        return both.format(node[low], node[high])
    return least.format(node[low]) if low in node else ""
