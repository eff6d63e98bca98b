"""What has to be set before the first `pulumi up` of a stack: what the repository cannot know, and must not hold."""

from collections.abc import Iterator

from stack.config.breach import Breach
from stack.config.loader import Stack
from stack.config.model import CREDENTIALS, NAMESPACE
from stack.config.platform import PLACEHOLDER_ACCOUNT
from stack.config.targets import lists
from stack.config.told import read_at_start


def unset(stack: Stack) -> tuple[Breach, ...]:
    """Everything that is not set yet, each with what to do. The stack plans all the same; an `up` is refused."""
    return tuple(_unset(stack))


def _unset(stack: Stack) -> Iterator[Breach]:
    if stack.config.platform.account_id == PLACEHOLDER_ACCOUNT:
        yield Breach(
            path=(f"{NAMESPACE}:platform", "accountId"),
            problem=f"{PLACEHOLDER_ACCOUNT} is nobody's account",
            allowed="the twelve digits of the account to deploy to",
        )
    read = {entry.to for _, entries, _ in lists(stack.config) for entry in entries}
    read |= {entry.to for service in stack.config.services for entry in read_at_start(stack.config, service)}
    for name in stack.config.secrets.given:
        if f"secret.{name}" in read and name not in stack.credentials:
            yield Breach(
                path=(f"{CREDENTIALS}:{name}",),
                problem="is not set, and a service reads it",
                allowed=f"pulumi config set --secret {CREDENTIALS}:{name}",
            )
