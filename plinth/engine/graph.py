"""A stack as data: every resource with its inputs, outputs, place and options, wherever it was read from."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from plinth.engine.values import UNKNOWN, Value, leaves, with_leaves

TOKEN = re.compile(r"0f1c[0-9a-f]{13}|71[0-9]{14}")
"""What marks an invented value: in a text, digits like those of an EC2 id; of a number, its own sixteen digits."""

STACK_TYPE = "pulumi:pulumi:Stack"


class Origin(NamedTuple):
    """Where an invented value comes from: the property of a resource that only the cloud will know."""

    urn: str
    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The resource options that change what the engine does with a resource, as it resolved them."""

    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    import_id: str = ""
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    replacement_trigger: Value = None

    @property
    def goes_with(self) -> tuple[str, ...]:
        """The URNs of the resources whose replacement replaces it too."""
        return (*self.replace_with, *filter(None, [self.deleted_with]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a stack.

    `parent`, `dependencies` and `property_dependencies` hold URNs; `provider` is the provider's URN, empty for a component.
    `source` lists the lines of the program that made it, innermost first, as `components/networking/network.py:83`. What is
    `external` belongs to someone else: the stack only reads it.
    """

    urn: str
    custom: bool
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    options: Options = Options()
    source: tuple[str, ...] = ()
    external: bool = False

    @property
    def type(self) -> str:
        """The type token: `aws:ec2/vpc:Vpc`."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The logical name."""
        return name_of(self.urn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a preview of the engine says becomes of a resource: whether it is `replaced`, for which properties, or stays as it is.

    `former` are the inputs that it was compared with; missing where the preview does not say them.
    """

    replaced: bool
    stays: bool
    reasons: tuple[str, ...]
    former: Mapping[str, Value] | None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A stack. `resources` stand in the order of their registration: a parent and a dependency before what needs them.

    `invented` maps the token inside each invented value to its origin; it is empty for a graph that was read from a real plan.
    `verdicts` are those of a preview, by URN; no other source of a graph has any.
    """

    project: str
    stack: str
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Value]
    invented: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    verdicts: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])

    def origins(self, value: Value) -> tuple[Origin, ...]:
        """The cloud-made values that `value`, of any shape, was put together from; each once."""
        tokens = (token for leaf in leaves(value) for token in TOKEN.findall(str(leaf)))
        return tuple(dict.fromkeys(self.invented[token] for token in tokens if token in self.invented))

    def is_known(self, value: Value) -> bool:
        """Whether nothing in `value` has to wait for the cloud."""
        return UNKNOWN not in leaves(value) and not self.origins(value)

    def with_unknowns(self, value: Value) -> Value:
        """`value` as the engine's own plan has it: what holds an invented part is `UNKNOWN` as a whole."""
        return with_leaves(value, lambda leaf: leaf if self.is_known(leaf) else UNKNOWN)

    @cached_property
    def children(self) -> Mapping[str, tuple[Resource, ...]]:
        """The resources directly below each URN; the roots below the empty text."""
        below: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            parent = resource.parent if resource.parent in self.resources else ""
            below.setdefault(parent, []).append(resource)
        return {urn: tuple(resources) for urn, resources in below.items()}

    @cached_property
    def dependents(self) -> Mapping[str, tuple[Resource, ...]]:
        """The resources that depend on each URN."""
        waiting: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            for urn in resource.dependencies:
                waiting.setdefault(urn, []).append(resource)
        return {urn: tuple(resources) for urn, resources in waiting.items()}

    def outermost(self, resource: Resource) -> Resource:
        """The component at the top of the tree that `resource` stands in; itself where it stands alone."""
        while parent := self.resources.get(resource.parent):
            resource = parent
        return resource

    def asked_by(self, resource: Resource) -> str:
        """The key of the stack file that the nearest component around `resource` was asked for by; empty where none says."""
        owner: Resource | None = resource
        while owner is not None:
            if key := owner.inputs.get("configKey"):
                return str(key)
            owner = self.resources.get(owner.parent)
        return ""

    def of_type(self, token: str) -> tuple[Resource, ...]:
        """The resources with this type token."""
        return tuple(resource for resource in self.resources.values() if resource.type == token)

    def called(self, project: str, stack: str) -> "Graph":
        """The same stack under another name: every URN says it."""
        old, new = (f"urn:pulumi:{one[1]}::{one[0]}::" for one in ((self.project, self.stack), (project, stack)))
        renamed = Graph.from_json(self.to_json().replace(old, new))
        return replace(renamed, project=project, stack=stack)

    def to_json(self) -> str:
        """The graph as JSON text, a line for each resource, which `from_json` reads."""
        resources = ",\n".join(json.dumps(_plain(resource)) for resource in self.resources.values())
        rest = {key: json.dumps(getattr(self, key)) for key in ("project", "stack", "outputs", "invented")}
        rest["verdicts"] = json.dumps({urn: asdict(verdict) for urn, verdict in self.verdicts.items()})
        return "{\n" + "".join(f'"{key}": {text},\n' for key, text in rest.items()) + f'"resources": [\n{resources}\n]\n}}\n'

    @staticmethod
    def from_json(text: str) -> "Graph":
        """The graph that `to_json` wrote. Raises KeyError, TypeError or ValueError for other text."""
        plain = json.loads(text)
        resources = [_resource_from(entry) for entry in plain["resources"]]
        return Graph(
            project=plain["project"],
            stack=plain["stack"],
            resources={resource.urn: resource for resource in resources},
            outputs=plain["outputs"],
            invented={token: Origin(*origin) for token, origin in plain["invented"].items()},
            verdicts={urn: _verdict_from(entry) for urn, entry in plain["verdicts"].items()},
        )


@cache
def type_of(urn: str) -> str:
    """The type token of a URN: `aws:ec2/vpc:Vpc`."""
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


@cache
def name_of(urn: str) -> str:
    """The logical name at the end of a URN."""
    return urn.split("::", 3)[3]


def child_urn(*, stack: str, project: str, parent: str, token: str, name: str) -> str:
    """The URN of a resource. The types of all its ancestors are part of it, but for the stack's own."""
    chain = parent.split("::", 3)[2] if parent else STACK_TYPE
    qualified = token if chain == STACK_TYPE else f"{chain}${token}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def _plain(resource: Resource) -> dict[str, Any]:
    return {**{name: getattr(resource, name) for name in _FIELDS}, "options": asdict(resource.options)}


_FIELDS = tuple(one.name for one in fields(Resource))


def _resource_from(entry: Mapping[str, Any]) -> Resource:
    options: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in entry["options"].items()}
    return Resource(
        urn=entry["urn"],
        custom=entry["custom"],
        inputs=entry["inputs"],
        outputs=entry["outputs"],
        parent=entry["parent"],
        provider=entry["provider"],
        dependencies=tuple(entry["dependencies"]),
        property_dependencies={key: tuple(urns) for key, urns in entry["property_dependencies"].items()},
        options=Options(**options),
        source=tuple(entry["source"]),
        external=entry["external"],
    )


def _verdict_from(entry: Mapping[str, Any]) -> Verdict:
    return Verdict(replaced=entry["replaced"], stays=entry["stays"], reasons=tuple(entry["reasons"]), former=entry["former"])


_LISTS = {found.name for found in fields(Options) if isinstance(found.default, tuple)}
