"""Whether two providers lead to the same place, so that a resource may go from one to the other and stay what it is.

The engine asks the provider for the difference of the two configurations. The AWS provider starts anew where it would work in
another region or account; which one is known here by the settings that say where and as whom it works. Of any other provider
nothing is known, so that whatever differs may lead elsewhere.
"""

from collections.abc import Iterator, Mapping

from plinth.changes.difference import Difference, Gap, differences
from plinth.changes.paths import Path
from plinth.engine.graph import Resource
from plinth.engine.values import Value

_AWS = "pulumi:providers:aws"
_AS_WHOM = ("profile", "assumeRoles", "assumeRole", "assumeRoleWithWebIdentity")
"""Settings that lead to another account, whoever works without them."""
_WHERE = ("region", "allowedAccountIds")
"""Settings that another place is known by where both providers say one; else it comes from the surroundings, or is no limit."""
_ROLE = "roleArn"


def elsewhere(old: Resource, new: Resource, before: Mapping[str, Value], after: Mapping[str, Value]) -> Path:
    """The setting by which `new` works elsewhere than `old`, given the effective inputs of both; empty where none does."""
    if old.type != new.type:
        return ("type",)
    differing = (one for one in differences(dict(before), dict(after), ()) if one.is_told)
    telling = _telling(differing) if new.type == _AWS else differing
    return next((one.path for one in telling), ())


def _telling(differing: Iterator[Difference]) -> Iterator[Difference]:
    """Of the AWS provider. How long a role is assumed, and under which session name, leads nowhere else."""
    for one in differing:
        setting, detail = one.path[0], one.path[-1]
        another_role = detail == _ROLE or not isinstance(detail, str) or len(one.path) == 1
        another_place = setting in _WHERE and Gap.ABSENT not in (one.before, one.after)
        if another_place or (setting in _AS_WHOM and another_role):
            yield one
