"""How to reach a store, where whoever starts a service looks it up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.parameters import parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsArgs:
    """What there is to know of a store: each fact (`host`), a plain text, below `folder` (`database/redis`).

    Raises ValueError that names every fault.
    """

    folder: str
    facts: Mapping[str, Input[str]]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.facts:
            yield "facts: none given; at least one"
        for part in self.folder.split("/"):
            yield from name_problems("folder", part)
        for fact in self.facts:
            yield from name_problems("facts", fact)


class Facts(Component):
    """How to reach a store. It is apart from the store: another one may stand behind the same name later.

    Creates: a parameter for each fact.
    Costs: nothing.
    When not: for what must not be seen.
    """

    TYPE: ClassVar[str] = "plinth:data:Facts"

    fact_arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: FactsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        made = {fact: parameter(self, ctx, fact, f"{args.folder}/{fact}", value) for fact, value in args.facts.items()}
        self.fact_arns = {fact: one.arn for fact, one in made.items()}
        self.publish()
