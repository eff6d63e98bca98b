"""The tags that a stack gives to everything."""

from collections.abc import Mapping

from components.core.tagging import default_tags
from stack.config.loader import Stack


def stack_tags(stack: Stack) -> Mapping[str, str]:
    """Every required tag with its value for the stack: the provider's defaults, and what is repeated where AWS drops those."""
    platform = stack.config.platform
    return default_tags(
        project=stack.project,
        environment=stack.environment,
        owner=platform.owner,
        cost_centre=platform.cost_centre,
    )
