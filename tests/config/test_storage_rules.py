"""What buckets need of each other, of keys and of S3."""

from pathlib import Path

import pytest

from stack.config.document import format_path
from tests.config.stack_files import refusals
from tests.harness import linked_copy, replace_in

_EXPORTS = r"(?<=      exports:\n)(.*\n){3}"
"""The lines of one bucket in the file of dev."""


def bucket(
    *,
    versioned: str = "true",
    expire: int = 0,
    key: str = "storage",
    lock: int = 0,
    transitions: str = "[]",
    tiers: str = "[]",
    copies: str = "[]",
    origins: str = "[]",
    events: str = "",
) -> str:
    return (
        f"        {{versioned: {versioned}, oldVersionDays: 7, expireDays: {expire}, encryptedWith: {key}, lockDays: {lock},\n"
        f"         transitions: {transitions}, archiveTiers: {tiers},\n"
        f'         copies: {copies}, corsOrigins: {origins}, eventsTo: "{events}"}}\n'
    )


def refused(folder: Path, pattern: str, replacement: str) -> list[str]:
    replace_in(linked_copy(folder) / "Pulumi.dev.yaml", pattern, replacement)
    return refusals(folder)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            bucket(transitions="[{to: STANDARD_IA, afterDays: 10}]"),
            "transitions[0]: 10 days are too few for STANDARD_IA; 30 or more",
        ),
        (
            bucket(expire=30, transitions="[{to: STANDARD_IA, afterDays: 30}]"),
            "expireDays: 30 is not after 30, when objects move to STANDARD_IA; 0 for never, or more than 30",
        ),
        (
            bucket(tiers="[{to: ARCHIVE_ACCESS, afterDays: 90}]"),
            "archiveTiers: nothing ever moves to INTELLIGENT_TIERING, whose tiers they are; a transition there, or none",
        ),
        (
            bucket(copies="[standby]"),
            "copies[0]: the key storage has no copy in standby; storage in plinth:keys.copies.standby as well",
        ),
        (bucket(versioned="false", lock=7), "lockDays: needs versions, and there are none; versioned: true, or none"),
        (bucket(origins='[own, "*", own]'), "corsOrigins[2]: own is given twice; each once"),
    ],
)
def test_a_bucket_that_s3_would_refuse_is_refused_before_anything_is_touched(changed: str, expected: str, tmp_path: Path) -> None:
    assert refused(tmp_path, _EXPORTS, changed) == [f"plinth:storage.buckets.exports.{expected}"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("logs", "is what the bucket for logs is called; another name"),
        ("waf", "is what the one of firewalls is called; another name"),
        ("logs-standby", "is what the bucket for logs in standby is called; another name"),
        ("logs-vault", "is what the bucket for logs in vault is called; another name"),
        ("media-standby", "is what a copy of media is called; another name"),
    ],
)
def test_a_name_that_the_platform_itself_gives_is_refused(name: str, expected: str, tmp_path: Path) -> None:
    assert refused(tmp_path, r"^      exports:$", f"      {name}:") == [
        f"{format_path(('plinth:storage', 'buckets', name))}: {expected}"
    ]


def test_a_copy_that_is_asked_for_twice_is_refused(tmp_path: Path) -> None:
    copy = linked_copy(tmp_path)
    replace_in(copy / "Pulumi.dev.yaml", r"copies: \{standby: \[\], vault: \[\]\}", "copies: {standby: [storage], vault: []}")
    replace_in(copy / "Pulumi.dev.yaml", _EXPORTS, bucket(copies="[standby, standby]"))
    assert refusals(copy) == ["plinth:storage.buckets.exports.copies[1]: standby is given twice; each once"]


def test_a_bucket_whose_key_does_not_exist_is_refused(tmp_path: Path) -> None:
    pattern = r"purposes: \[data, storage, secrets, backup, config\]"
    assert refused(tmp_path, pattern, "purposes: [data, storage, secrets, config]") == [
        "plinth:storage.buckets.backups.encryptedWith: there is no key backup; one of data, storage, secrets, config"
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement", "needing"),
    [
        (r"files: \{enabled: false", "files: {enabled: true", "files"),
        (r"singletons:\n      enabled: false", "singletons:\n      enabled: true", "volumes"),
    ],
)
def test_files_and_volumes_without_the_key_they_are_encrypted_with_are_refused(
    pattern: str, replacement: str, needing: str, tmp_path: Path
) -> None:
    copy = linked_copy(tmp_path)
    file = copy / "Pulumi.dev.yaml"
    replace_in(file, pattern, replacement)
    replace_in(file, r"purposes: \[data, storage, secrets, backup, config\]", "purposes: [data, secrets, backup, config]")
    file.write_text(file.read_text().replace("encryptedWith: storage", "encryptedWith: backup"))
    assert refusals(copy) == [
        f"plinth:keys.purposes: {fault}"
        for fault in (
            "has no storage, and the volumes of machines are encrypted with it; storage among them",
            f"has no storage, but {needing} are encrypted with it; storage among them",
            "there is no key storage, but images are kept; storage as well",
        )
    ]


def test_files_that_nobody_could_reach_are_refused(tmp_path: Path) -> None:
    pattern, empty = r"files: \{enabled: false(.*)accessPoints: .*\}$", r"files: {enabled: true\1accessPoints: {}}"
    assert refused(tmp_path, pattern, empty) == [
        "plinth:storage.files.accessPoints: is empty, and nobody gets in without; at least one access point"
    ]


def test_logs_that_go_before_they_get_cheaper_are_refused_by_the_name_that_the_key_has_there(tmp_path: Path) -> None:
    changed = "keepDays: 30, transitions: [{to: STANDARD_IA, afterDays: 30}]"
    assert refused(tmp_path, r"keepDays: 30, transitions: \[\]", changed) == [
        "plinth:storage.logs.keepDays: 30 is not after 30, when objects move to STANDARD_IA; 0 for never, or more than 30"
    ]
