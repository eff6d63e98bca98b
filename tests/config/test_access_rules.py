"""What can stand in an `access` list: everything else is refused with what is possible."""

from pathlib import Path

import pytest

from stack.config.loader import load_all
from stack.config.targets import targets, verbs
from tests.config.stack_files import refusals
from tests.harness import linked_copy, replace_in

SERVICE = 'plinth:services["booking-worker"]'
BOT = r"(    bot-runner:\n(?:      .*\n)*?      access:\n)(?:        - .*\n)+"
"""The entry of one service up to its list, and the list."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


def bot_needs(folder: Path, *entries: str) -> Path:
    replace_in(folder / "Pulumi.dev.yaml", BOT, r"\1" + "".join(f"        - {entry}\n" for entry in entries))
    return folder


AT = 'plinth:services["bot-runner"].access'


def test_a_call_that_finds_nobody_is_refused(copy: Path) -> None:
    (fault,) = refusals(bot_needs(copy, "{to: service.websocket, as: call}"))
    assert fault == f"{AT}[0].to: service.websocket is found by no name: it runs on ec2; a service on ecs"
    load_all(bot_needs(copy, "{to: service.collection, as: call}"), ["dev"])
    collection = copy / "Pulumi.dev.yaml"
    replace_in(collection, r"(    collection:\n(?:      .*\n)*?      deployment: )rolling\n", r"\1blue-green\n")
    (fault,) = refusals(copy)
    assert fault == (
        f"{AT}[0].to: service.collection takes turns and is found by services on ecs alone, and bot-runner runs on ec2; "
        "deployment: rolling of collection, or bot-runner on ecs"
    )


def test_nobody_is_called_without_the_private_domain(copy: Path) -> None:
    bot_needs(copy, "{to: service.collection, as: call}")
    replace_in(copy / "Pulumi.dev.yaml", r"discovery: \{enabled: true", "discovery: {enabled: false")
    (fault,) = refusals(copy)
    off = "plinth:networking.discovery.enabled is false"
    assert fault == f"{AT}[0].to: service.collection is found by no name: {off}; that true, or no such entry"


def test_an_unknown_target_is_refused_with_all_that_there_are_and_what_was_meant(copy: Path) -> None:
    (fault,) = refusals(bot_needs(copy, "{to: secret.bot-tokn, as: read}"))
    assert fault.startswith(
        f"{AT}[0].to: secret.bot-tokn is nothing in this stack; one of postgres, mysql, redis, broker, secret."
    )
    assert fault.endswith("log-group.flow-logs; did you mean secret.bot-token?")


def test_an_unknown_verb_is_refused_with_those_that_the_thing_has(copy: Path) -> None:
    (fault,) = refusals(bot_needs(copy, "{to: key.data, as: decrpyt}"))
    assert fault == f"{AT}[0].as: decrpyt cannot be done with key.data from here; one of encrypt, decrypt; did you mean decrypt?"


def test_a_prefix_is_refused_where_nothing_lies_inside(copy: Path) -> None:
    (fault,) = refusals(bot_needs(copy, "{to: secret.bot-token, as: read, prefix: in/}"))
    assert fault == f"{AT}[0].prefix: in/ cannot narrow what read does with secret.bot-token; no prefix"


def test_files_are_refused_to_a_service_that_could_not_mount_them(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", r"files: \{enabled: false", "files: {enabled: true")
    (fault,) = refusals(bot_needs(copy, "{to: files.shared, as: read}"))
    assert fault == f"{AT}[0].to: files.shared cannot be mounted where it runs, on ec2; files on ecs alone, a bucket anywhere"


def test_an_entry_that_stands_there_already_is_refused(copy: Path) -> None:
    again = "{to: secret.bot-token, as: read}"
    (fault,) = refusals(bot_needs(copy, again, again))
    assert fault == f"{AT}[1]: secret.bot-token as read stands there already; each once"


def test_every_fault_of_every_list_is_told_at_once(copy: Path) -> None:
    bot_needs(copy, "{to: nothing, as: read}", "{to: redis, as: read}")
    replace_in(
        copy / "Pulumi.dev.yaml",
        r"outside: \{\}",
        "outside: {siem: {issuer: a.b, audience: c, subject: d, access: [{to: x, as: y}]}}",
    )
    assert [fault.split(": ")[0] for fault in refusals(copy)] == [
        'plinth:services["bot-runner"].access[0].to',
        'plinth:services["bot-runner"].access[1].as',
        "plinth:identity.outside.siem.access[0].to",
    ]


def test_what_was_switched_off_can_be_named_no_more(copy: Path) -> None:
    bot_needs(copy, "{to: log-group.flow-logs, as: read}")
    assert load_all(copy, ["dev"])
    replace_in(copy / "Pulumi.dev.yaml", "flowLogs: {enabled: true", "flowLogs: {enabled: false")
    (fault,) = refusals(copy)
    assert fault.startswith(f"{AT}[0].to: log-group.flow-logs is nothing in this stack")


def test_who_is_not_in_the_network_cannot_connect(copy: Path) -> None:
    outside = "{siem: {issuer: a.b, audience: c, subject: d, access: [{to: postgres, as: connect}]}}"
    replace_in(copy / "Pulumi.dev.yaml", r"outside: \{\}", f"outside: {outside}")
    assert refusals(copy) == [
        "plinth:identity.outside.siem.access[0].as: connect cannot be done with postgres from here; "
        "a service can, who is in the network"
    ]


@pytest.mark.parametrize("wrong", ["secret.*", "Secret.x", "a.b.c", ""])
def test_a_target_is_a_name_and_never_a_pattern(copy: Path, wrong: str) -> None:
    (fault,) = refusals(bot_needs(copy, f'{{to: "{wrong}", as: read}}'))
    assert fault.startswith(f"{AT}[0].to: the text {wrong!r} is not possible; something that the stack has")


@pytest.mark.parametrize("wrong", ["in/*", "in/?", "ü"])
def test_a_prefix_holds_no_wildcard(copy: Path, wrong: str) -> None:
    (fault,) = refusals(bot_needs(copy, f'{{to: secret.bot-token, as: read, prefix: "{wrong}"}}'))
    assert fault.startswith(f"{AT}[0].prefix: the text {wrong!r} is not possible")


def test_no_service_is_called_like_a_pair(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "    bot-runner:", "    bot-to-runner:")
    (fault,) = refusals(copy)
    assert fault == 'plinth:services["bot-to-runner"]: has `to` among its words; a name that does not join two'


def test_where_a_secret_is_kept_makes_no_difference_to_its_name(copy: Path) -> None:
    kind = {"secrets-manager": "secret", "parameter-store": "parameter"}
    before = targets(load_all(copy, ["dev"])["dev"].config)
    replace_in(copy / "Pulumi.dev.yaml", "bot-token: {keptIn: parameter-store}", "bot-token: {keptIn: secrets-manager}")
    after = targets(load_all(copy, ["dev"])["dev"].config)
    assert before.keys() == after.keys()
    assert (before["secret.bot-token"], after["secret.bot-token"]) == (kind["parameter-store"], kind["secrets-manager"])


def test_the_words_for_a_kind_leave_out_connecting_for_who_is_not_in_the_network() -> None:
    assert verbs("cache", connecting=True) == ("connect",)
    assert verbs("cache", connecting=False) == ()
    assert verbs("bucket", connecting=False) == ("read", "write", "delete", "list")
