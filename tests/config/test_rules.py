"""Rules that need a section which does not exist yet, on a stand-in."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from stack.config.loader import load_all
from stack.config.model import StackConfig
from stack.config.rules import breaches
from stack.config.section import Section
from tests.harness import ROOT


class Replicator(Section):
    """Something that reaches out while it is on."""

    enabled: bool

    def needs_internet(self) -> Iterable[str]:
        return ("enabled",) if self.enabled else ()


class Grown(StackConfig):
    """A stack file with one section more."""

    replicator: Replicator = Field(description="-")


def grown(nat: str, *, enabled: bool) -> StackConfig:
    config = load_all(ROOT, ["dev"])["dev"].config
    networking = config.networking.model_copy(update={"nat": nat})
    sections: dict[str, Any] = {name: getattr(config, name) for name in type(config).model_fields}
    sections |= {"networking": networking, "services": {}, "replicator": Replicator.model_construct(enabled=enabled)}
    return Grown.model_construct(None, **sections)


def test_no_nat_is_refused_while_something_needs_the_internet() -> None:
    (breach,) = breaches(grown("none", enabled=True))
    assert breach.path == ("plinth:networking", "nat")
    assert breach.problem == "none, but plinth:replicator.enabled reaches out to the internet"


def test_no_nat_is_fine_where_nothing_needs_the_internet() -> None:
    assert not list(breaches(grown("none", enabled=False)))


def test_any_nat_is_fine_where_something_needs_the_internet() -> None:
    assert not list(breaches(grown("single", enabled=True)))
