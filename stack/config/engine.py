"""The configuration of the stack that the Pulumi engine is running: the same model, the same faults."""

import json
from pathlib import Path

import pulumi
from pulumi.runtime import get_config_env, is_dry_run
from pulumi.runtime.config import get_config_secret_keys_env

from stack.config.checklist import unset
from stack.config.document import Document, Json, KeyPath, read
from stack.config.faults import ConfigError
from stack.config.loader import Stack, environment_of, validated
from stack.config.model import CREDENTIALS


def load() -> Stack:
    """The stack being planned or deployed.

    Raises pulumi.RunError, which the engine shows without a traceback, with every fault: before the first resource.
    """
    project, name = pulumi.get_project(), pulumi.get_stack()
    try:
        document = _document(project, name)
        stack = validated(document, project, environment_of(name))
        if not is_dry_run() and (missing := unset(stack)):
            raise ConfigError(document.fault(item.path, item.problem, item.allowed) for item in missing)
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from None
    return stack


def credential(name: str) -> pulumi.Output[str]:
    """The value of the given secret `name`, which must be one of the stack's credentials: a Pulumi secret, never a plain text."""
    return pulumi.Config(CREDENTIALS).require_secret(name)


def _document(project: str, name: str) -> Document:
    """The values that the engine gives, whole; the lines from the stack file, as far as it is the one they came from."""
    values: dict[str, Json] = {key: _value(text) for key, text in get_config_env().items()}
    paths: list[KeyPath] = [(key,) for key in get_config_secret_keys_env()]
    folder = Path.cwd()
    try:
        written = read(folder, name, project)
        file, lines = written.file, written.lines
    except ConfigError:
        file, lines = f"stack {name}", dict[KeyPath, int]()
    return Document(file=file, values=values, encrypted=dict.fromkeys(paths, 0), lines=lines, folder=folder)


def _value(text: str) -> Json:
    """Every value comes as text; a map or a list as its JSON."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
