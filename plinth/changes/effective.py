"""The inputs of a resource as they take effect: with the region and the tags that its provider adds."""

import json
from collections.abc import Mapping
from typing import Any, cast

from plinth.changes.matching import PROVIDER
from plinth.engine.graph import Graph, Resource
from plinth.engine.values import Value

REGION = "region"
TAGS = "tags"
_OF_THE_ENGINE = ("version", "pluginDownloadURL")
"""What the engine writes into the inputs of a provider by itself."""


def effective(graph: Graph, resource: Resource) -> dict[str, Value]:
    """The inputs of `resource`. A region that cannot be told is left out."""
    inputs = dict(resource.inputs)
    if resource.type.startswith(PROVIDER):
        return {key: value for key, value in inputs.items() if key not in _OF_THE_ENGINE}
    provider: Mapping[str, Value] = graph.resources[resource.provider].inputs if resource.provider in graph.resources else {}
    if REGION in inputs or REGION in resource.outputs:
        region = inputs.get(REGION) or provider.get(REGION)
        inputs[REGION] = region if isinstance(region, str) else None
    if (TAGS in inputs or "tagsAll" in resource.outputs) and isinstance(inputs.get(TAGS, {}), dict):
        inputs[TAGS] = {**_default_tags(provider), **inputs.get(TAGS, {})}
    return {key: value for key, value in inputs.items() if value is not None}


def _default_tags(provider: Mapping[str, Value]) -> dict[str, Value]:
    """The tags that a provider gives to all. It has them as JSON text, or as they are."""
    written = provider.get("defaultTags")
    try:
        settings: Any = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        return {}
    tags: Any = cast("dict[str, Value]", settings).get(TAGS) if isinstance(settings, dict) else None
    return cast("dict[str, Value]", tags) if isinstance(tags, dict) else {}
