"""The base of every component: a frozen type token, options for its children, outputs that are declared, set and registered."""

from collections.abc import Sequence
from typing import Any, ClassVar, get_origin

from pulumi import Alias, ComponentResource, Resource, ResourceOptions

from components.core.context import Context


class Component(ComponentResource):
    """A part of the platform made of resources.

    A subclass gives its literal `TYPE`, annotates its public outputs in the class body, makes its children with
    `opts=self.under()`, and ends its `__init__` with `self.publish()`.
    """

    TYPE: ClassVar[str]

    def __init__(self, name: str, ctx: Context, opts: ResourceOptions | None = None) -> None:
        asked = {"configKey": ctx.config_key} if ctx.config_key else None
        provided = ResourceOptions(providers=[ctx.provider])
        super().__init__(self.TYPE, name, asked, ResourceOptions.merge(provided, opts))
        self._ctx = ctx
        self._inherited = frozenset(vars(self))

    def under(
        self,
        *,
        stateful: bool = False,
        guards: bool = False,
        after: Sequence[Resource] = (),
        formerly: Sequence[str] = (),
        ignore: Sequence[str] = (),
    ) -> ResourceOptions:
        """The options of a child.

        `stateful` marks what holds data: where the stack retains data it can be neither deleted nor replaced by accident.
        `guards` marks what protects such a thing, and is left behind with it: what is kept is kept as closed as it was.
        `after` lists what must exist first though no input says so. `formerly` lists the logical names it used to have. `ignore`
        lists the inputs that others change once the child exists: from then on the program leaves them as they are.
        """
        retain = self._ctx.retain
        return ResourceOptions(
            parent=self,
            protect=stateful and retain,  # said either way: Pulumi would hand the component's own setting down
            retain_on_delete=(stateful or guards) and retain,
            depends_on=list(after) or None,
            aliases=[Alias(name=name) for name in formerly] or None,
            ignore_changes=list(ignore) or None,
        )

    def publish(self) -> None:
        """Registers the declared outputs, and only those.

        Raises TypeError for a declared output that was never set and for a public attribute that was never declared.
        """
        declared = _declared(type(self))
        present = {name for name in vars(self).keys() - self._inherited if not name.startswith("_")}
        if missing := declared.keys() - present:
            raise TypeError(f"{type(self).__name__} declares outputs it never sets: {', '.join(sorted(missing))}")
        if undeclared := present - declared.keys():
            raise TypeError(f"{type(self).__name__} sets outputs it never declares: {', '.join(sorted(undeclared))}")
        self.register_outputs({name: getattr(self, name) for name in declared})


def _declared(cls: type) -> dict[str, Any]:
    """Public annotations of the component classes of `cls`, ClassVars left out, in the order of their declaration."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Component):
            found |= {
                name: annotation
                for name, annotation in vars(base).get("__annotations__", {}).items()
                if not name.startswith("_") and get_origin(annotation) is not ClassVar
            }
    return found
