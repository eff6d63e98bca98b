"""A resource as price rules see it: inputs by name and kind, what it refers to and what refers to it, its region, its tags."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import cast

from plinth.engine.graph import Graph, Resource
from plinth.engine.values import SECRET, UNKNOWN, Value
from policy.rules import view

_MOST = Decimal(10) ** 12
"""No input that is sold by quantity can be larger."""


class UndeterminedError(Exception):
    """What a resource costs cannot be told from the plan; the message says why."""


@dataclass(frozen=True, eq=False)
class World:
    """A graph, with the look-ups that rules need."""

    graph: Graph

    @cached_property
    def referring(self) -> Mapping[tuple[str, str], Sequence[Resource]]:
        """The resources with a property that was made from a resource, by that property and that resource's URN."""
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.graph.resources.values():
            for key, urns in resource.property_dependencies.items():
                for urn in urns:
                    found.setdefault((key, urn), []).append(resource)
        return found

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], Resource]:
        """Resources by type and each text they are known by: id, ARN, name. Where a plan holds literal names, these lead on."""
        found: dict[tuple[str, str], Resource] = {}
        for resource in self.graph.resources.values():
            for values in (resource.outputs, resource.inputs):
                for key in ("id", "arn", "name", "family", "identifier", "clusterIdentifier", "resourceId"):
                    name = values.get(key)
                    if isinstance(name, str) and name and name not in (UNKNOWN, SECRET):
                        found.setdefault((resource.type, name), resource)
        return found

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[Resource]]:
        """The resources of each type."""
        found: dict[str, list[Resource]] = {}
        for resource in self.graph.resources.values():
            found.setdefault(resource.type, []).append(resource)
        return found


class Block:
    """A map of inputs. What is read is of the kind that is asked for, and known: else UndeterminedError is raised.

    `within` is the path of the map, for messages.
    """

    def __init__(self, values: Mapping[str, Value], graph: Graph, within: str = "") -> None:
        self.values, self.graph, self.within = values, graph, within

    def text(self, key: str, default: str | None = None) -> str:
        """The text at `key`; `default` where nothing stands there."""
        value = self._value(key, default)
        if not isinstance(value, str):
            raise UndeterminedError(f"{self.within}{key} is no text")
        return value

    def number(self, key: str, default: Decimal | int | None = None) -> Decimal:
        """The number at `key`, which may be written as text, as in an ECS task definition."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise UndeterminedError(f"{self.within}{key} is no number")
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            raise UndeterminedError(f"{self.within}{key} is no number") from None
        if not number.is_finite() or not 0 <= number <= _MOST:
            raise UndeterminedError(f"{self.within}{key} is out of range")
        return number

    def whole(self, key: str, default: int | None = None) -> int:
        """The whole number at `key`."""
        number = self.number(key, default)
        if number != int(number):
            raise UndeterminedError(f"{self.within}{key} is no whole number")
        return int(number)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Whether `key` is true."""
        value = self._value(key, default)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise UndeterminedError(f"{self.within}{key} is neither true nor false")
        return value

    def block(self, key: str) -> "Block | None":
        """The map at `key`, or the only one in the list there; none where nothing stands there."""
        found = self.blocks(key)
        return found[0] if found else None

    def blocks(self, key: str) -> list["Block"]:
        """The maps in the list at `key`. Raises UndeterminedError where what is in it is not known as a whole."""
        return [self._inner(key, value) for value in self.items(key)]

    def items(self, key: str) -> Sequence[Value]:
        """The list at `key`, whose items need not be known; one item where there is no list, none where there is nothing."""
        value = self.values.get(key)
        if value is None:
            return ()
        if value in (UNKNOWN, SECRET):
            raise UndeterminedError(f"{self.within}{key} is not known yet")
        return cast("Sequence[Value]", value) if isinstance(value, list) else (value,)

    def has(self, key: str) -> bool:
        """Whether something stands at `key`."""
        return self.values.get(key) not in (None, "", [], {})

    def _inner(self, key: str, value: Value) -> "Block":
        if not isinstance(value, dict):
            raise UndeterminedError(
                f"{self.within}{key} is not known yet" if value == UNKNOWN else f"{self.within}{key} is no map"
            )
        return Block(cast("Mapping[str, Value]", value), self.graph, f"{self.within}{key}.")

    def _value(self, key: str, default: Value) -> Value:
        value = self.values.get(key)
        if value is None or value == "":
            value = default
        if value is None:
            raise UndeterminedError(f"{self.within}{key} is not given")
        if isinstance(value, str) and not self._is_known(value):
            raise UndeterminedError(f"{self.within}{key} is not known yet")
        return value

    def _is_known(self, value: str) -> bool:
        return value not in (UNKNOWN, SECRET) and (not self.graph.invented or self.graph.is_known(value))


class Item(Block):
    """A resource. Its values are its inputs; of a plan or a state, also what the provider filled in."""

    def __init__(self, resource: Resource, world: World) -> None:
        graph = world.graph
        seen = resource.inputs if graph.invented else {**resource.outputs, **resource.inputs}
        super().__init__(seen, graph)
        self.resource, self.world = resource, world

    @property
    def urn(self) -> str:
        """The URN."""
        return self.resource.urn

    @property
    def type(self) -> str:
        """The type token."""
        return self.resource.type

    @cached_property
    def region(self) -> str:
        """Where the resource is: its own region, its provider's, or that of its zone; empty where the plan does not say."""
        provider = self.graph.resources.get(self.resource.provider)
        zone = self.values.get("availabilityZone")
        candidates = (self.values.get("region"), provider.inputs.get("region") if provider else None)
        for found in (*candidates, zone[:-1] if isinstance(zone, str) and zone != UNKNOWN else None, self._region_of_arn()):
            if isinstance(found, str) and found and self._is_known(found):
                return found
        return ""

    @cached_property
    def workload(self) -> str:
        """The tag `workload`, the provider's default tags included; empty where there is none or it is not known."""
        provider = self.graph.resources.get(self.resource.provider)
        inputs: Mapping[str, Value] = provider.inputs if provider else {}
        try:
            tags = view.tags_of(view.Resource(urn=self.urn, props=self.values, provider=inputs))
        except (TypeError, ValueError):
            return ""
        value = tags.get("workload") if view.is_map(tags) else None
        return value if isinstance(value, str) and self._is_known(value) else ""

    def linked(self, key: str, *tokens: str) -> "Item | None":
        """The resource of one of the types `tokens` that the property `key` refers to, by dependency or by its name."""
        for urn in self.resource.property_dependencies.get(key, ()):
            found = self.graph.resources.get(urn)
            if found and found.type in tokens:
                return Item(found, self.world)
        for name in _texts(self.values.get(key)):
            for token in tokens:
                if found := self.world.by_name.get((token, name)):
                    return Item(found, self.world)
        return None

    def linking(self, key: str, token: str) -> list["Item"]:
        """The resources of the type `token` whose property `key` refers to this one, by dependency or by its name."""
        by_dependency = [one for one in self.world.referring.get((key, self.urn), ()) if one.type == token]
        if by_dependency:
            return [Item(one, self.world) for one in by_dependency]
        candidates = [Item(one, self.world) for one in self.world.by_type.get(token, ())]
        return [one for one in candidates if (found := one.linked(key, self.type)) and found.urn == self.urn]

    def _region_of_arn(self) -> str | None:
        arn = self.resource.outputs.get("arn")
        parts = arn.split(":") if isinstance(arn, str) else []
        return parts[3] if len(parts) > 5 and not self.graph.invented else None


def _texts(value: Value) -> Iterator[str]:
    """The texts in a value, and what stands behind the last slash or before a colon of each: `web` of `service/main/web`."""
    if isinstance(value, str):
        yield value
        yield value.rsplit("/", 1)[-1]
        yield value.split(":", 1)[0]
    elif isinstance(value, dict):
        for inner in cast("dict[str, Value]", value).values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in cast("list[Value]", value):
            yield from _texts(inner)
