"""Small graphs made by hand, and what is known of their types: for the tests of what changes."""

from collections.abc import Mapping, Sequence

from plinth.changes.cascade import changes
from plinth.changes.facts import Facts, read
from plinth.changes.model import Change, Changes, Kind
from plinth.engine.graph import Graph, Options, Origin, Resource, child_urn
from plinth.engine.values import Value

VPC, SUBNET, ROUTE, DATABASE, ROLE = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/route:Route",
    "aws:rds/instance:Instance",
    "aws:iam/role:Role",
)
PART = "test:index:Part"
NONE = Options()
FACTS: Mapping[str, Facts] = read(
    [
        "type,source,create_only,kept,unordered,told_apart,unasked",
        f"{VPC},the provider,cidrBlock flag dns names,ipv6CidrBlock private names,names,dns disk.kept,",
        f"{SUBNET},the provider,vpcId cidrBlock,availabilityZone,,,",
        f"{ROUTE},the provider,,,gateways,,",
        f"{DATABASE},the provider,storage.encrypted snapshots[*].id,,,,",
    ]
)
"""Not the real table: what a test needs, and no more."""


def urn(name: str, token: str = VPC, parent: str = "", stack: str = "dev") -> str:
    return child_urn(stack=stack, project="test", parent=parent, token=token, name=name)


def thing(
    name: str,
    token: str = VPC,
    /,
    *,
    needs: Mapping[str, Sequence[str]] | None = None,
    parent: str = "",
    provider: str = "",
    options: Options = NONE,
    outputs: Mapping[str, Value] | None = None,
    external: bool = False,
    **inputs: Value,
) -> Resource:
    """A resource. `needs` says for each property which URNs its value was made from."""
    asked = needs or {}
    return Resource(
        urn=urn(name, token, parent),
        custom=True,
        inputs=inputs,
        outputs=outputs or {},
        parent=parent,
        provider=provider,
        dependencies=tuple(dict.fromkeys(one for urns in asked.values() for one in urns)),
        property_dependencies={key: tuple(urns) for key, urns in asked.items()},
        options=options,
        external=external,
    )


def component(name: str, token: str = PART, options: Options = NONE) -> Resource:
    return Resource(urn=urn(name, token), custom=False, inputs={}, outputs={}, options=options)


def graph(*resources: Resource, invented: Mapping[str, Origin] | None = None) -> Graph:
    found = {resource.urn: resource for resource in resources}
    assert len(found) == len(resources), "a URN twice"
    return Graph(project="test", stack="dev", resources=found, outputs={}, invented=invented or {})


def invented(name: str, token: str = VPC, key: str = "id", digits: str = "1") -> tuple[str, Mapping[str, Origin]]:
    """What a recording would make up for a property, and where it says that it comes from."""
    mark = "0f1c" + digits * 13
    return f"made-{mark}", {mark: Origin(urn(name, token), key)}


def compared(before: Graph, after: Graph) -> Changes:
    return changes(before, after, FACTS)


def kinds(found: Changes) -> dict[str, Kind]:
    """The kind of each change by the resource's name; what stays as it is left out."""
    return {change.resource.name: change.kind for change in found.changes if change.kind is not Kind.SAME}


def change_of(found: Changes, name: str) -> Change:
    (change,) = [change for change in found.changes if change.resource.name == name]
    return change
