"""The configuration of the stack that the Pulumi engine is running: the same model, the same faults."""

import json
from pathlib import Path

import pulumi
from pulumi.runtime import get_config_env, is_dry_run
from pulumi.runtime.config import get_config_secret_keys_env

from stack.config.document import Document, Json, KeyPath, read
from stack.config.faults import ConfigError
from stack.config.loader import Stack, environment_of, validate
from stack.config.platform import PLACEHOLDER_ACCOUNT


def load() -> Stack:
    """The stack being planned or deployed.

    Raises pulumi.RunError, which the engine shows without a traceback, with every fault: before the first resource.
    """
    project, name = pulumi.get_project(), pulumi.get_stack()
    try:
        document = _document(project, name)
        stack = Stack(project=project, environment=environment_of(name), config=validate(document))
        if not is_dry_run():
            _refuse_placeholder_account(stack, document)
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from None
    return stack


def _document(project: str, name: str) -> Document:
    """The values that the engine gives, whole; the lines from the stack file, as far as it is the one they came from."""
    values: dict[str, Json] = {key: _value(text) for key, text in get_config_env().items()}
    paths: list[KeyPath] = [(key,) for key in get_config_secret_keys_env()]
    try:
        written = read(Path.cwd(), name, project)
        file, lines = written.file, written.lines
    except ConfigError:
        file, lines = f"stack {name}", dict[KeyPath, int]()
    return Document(file=file, values=values, encrypted=dict.fromkeys(paths, 0), lines=lines)


def _value(text: str) -> Json:
    """Every value comes as text; a map or a list as its JSON."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refuse_placeholder_account(stack: Stack, document: Document) -> None:
    if stack.config.platform.account_id == PLACEHOLDER_ACCOUNT:
        path = ("plinth:platform", "accountId")
        problem = f"{PLACEHOLDER_ACCOUNT} is nobody's account"
        raise ConfigError([document.fault(path, problem, "the twelve digits of the account to deploy to")])
