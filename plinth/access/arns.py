"""The ARNs by which policy documents may name a resource: built from its name, as the program builds them, or its own."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from plinth.engine.graph import Graph, Resource
from plinth.engine.values import Value

BY_NAME: Mapping[str, tuple[str, str]] = {
    "aws:cloudwatch/logGroup:LogGroup": ("name", "arn:aws:logs:{region}:{account}:log-group:{name}"),
    "aws:dynamodb/table:Table": ("name", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    "aws:ecr/repository:Repository": ("name", "arn:aws:ecr:{region}:{account}:repository/{name}"),
    "aws:iam/role:Role": ("name", "arn:aws:iam::{account}:role{path}{name}"),
    "aws:iam/user:User": ("name", "arn:aws:iam::{account}:user{path}{name}"),
    "aws:kinesis/stream:Stream": ("name", "arn:aws:kinesis:{region}:{account}:stream/{name}"),
    "aws:lambda/function:Function": ("name", "arn:aws:lambda:{region}:{account}:function:{name}"),
    "aws:s3/bucket:Bucket": ("bucket", "arn:aws:s3:::{name}"),
    "aws:secretsmanager/secret:Secret": ("name", "arn:aws:secretsmanager:{region}:{account}:secret:{name}"),
    "aws:sns/topic:Topic": ("name", "arn:aws:sns:{region}:{account}:{name}"),
    "aws:ssm/parameter:Parameter": ("name", "arn:aws:ssm:{region}:{account}:parameter{name}"),
    "aws:sqs/queue:Queue": ("name", "arn:aws:sqs:{region}:{account}:{name}"),
}
"""Types whose ARN follows from a name: the input that holds it, and the form of the ARN.

Source: "Resource types defined by" each service, Service Authorization Reference. The ARN of a secret goes on after its name with
six letters that AWS chooses; documents write `-??????` there.
"""


def arns_of(graph: Graph, resource: Resource) -> tuple[str, ...]:
    """Every ARN that `resource` is known by: the one that follows from its name, and the one that it has or is said to get."""
    return tuple(dict.fromkeys(_arns(graph, resource)))


def _arns(graph: Graph, resource: Resource) -> Iterator[str]:
    if resource.type in BY_NAME:
        key, form = BY_NAME[resource.type]
        name = resource.inputs.get(key)
        if isinstance(name, str) and graph.is_known(name):
            region = resource.inputs.get("region") or _provider(graph, resource, "region")
            path = resource.inputs.get("path") or "/"
            yield form.format(name=name, path=path, region=region, account=account_of(graph, resource))
    if isinstance(arn := resource.outputs.get("arn"), str):
        yield arn


def account_of(graph: Graph, resource: Resource) -> str:
    """The account that a resource's provider is held to; empty where it is held to none, or to several."""
    allowed = _listed(_provider(graph, resource, "allowedAccountIds"))
    return str(allowed[0]) if len(allowed) == 1 else ""


def _provider(graph: Graph, resource: Resource, key: str) -> Value:
    provider = graph.resources.get(resource.provider)
    return provider.inputs.get(key) if provider else None


def _listed(value: Value) -> list[Value]:
    """A provider's lists are JSON text on the wire."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return cast("list[Value]", found) if isinstance(found, list) else []
