"""What a stack file can say of databases: everything that RDS would refuse at midnight is refused at once."""

import re
from pathlib import Path

import pytest

from tests.config.stack_files import refusals
from tests.harness import linked_copy

AT = "plinth:data.postgres"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


def changed(copy: Path, old: str, new: str) -> list[str]:
    """What is refused with the first place of `old` in the file replaced, which is that of PostgreSQL."""
    file = copy / "Pulumi.dev.yaml"
    text = file.read_text()
    at = text.index("  plinth:data:")
    assert old in text[at:]
    file.write_text(text[:at] + text[at:].replace(old, new, 1))
    return refusals(copy)


@pytest.mark.requirement("DAT-09", part="windows that overlap are a config error")
@pytest.mark.parametrize("window", ["sun:03:30-sun:04:30", "sun:02:30-sun:03:01", "sat:23:00-sun:03:30"])
def test_windows_that_meet_are_refused(copy: Path, window: str) -> None:
    (fault,) = changed(copy, "sun:05:00-sun:06:00", window)
    said = f"{AT}.maintenanceWindow: {window} overlaps the backup window 03:00-04:00; windows that share no minute"
    assert fault == said


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'engineVersion: "15"',
            'engineVersion: "9.6"',
            f"{AT}.engineVersion: 9.6 is no major version of PostgreSQL that is known here; one of 14, 15, 16, 17",
        ),
        (
            'engineVersion: "15"',
            'engineVersion: "15.4"',
            f"{AT}.engineVersion: 15.4 is no major version of PostgreSQL that is known here; one of 14, 15, 16, 17",
        ),
        ("intervalSeconds: 0", "intervalSeconds: 7", f"{AT}.monitoring.intervalSeconds: 7 is not possible; one of 0, 1, 5, 10"),
        ("replicas: 0", "replicas: 16", f"{AT}.replicas: "),
        ("backupDays: 3", "backupDays: 0", f"{AT}.backupDays: "),
        ("shards: 1", "shards: 0", f"{AT}.shards: "),
        (
            "storageGb: 20",
            "storageGb: 47",
            f"{AT}.maxStorageGb: 50 is less than a tenth above storageGb, which is 47; at least 52",
        ),
    ],
)
def test_what_rds_would_refuse_is_refused(copy: Path, old: str, new: str, fault: str) -> None:
    (found,) = changed(copy, old, new)
    assert found.startswith(fault)


def test_mysql_has_no_insights_on_the_smallest_classes(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    text = file.read_text()
    at = text.index("\n    mysql:\n")
    file.write_text(text[:at] + text[at:].replace("insights: false", "insights: true", 1))
    (fault,) = refusals(copy)
    assert fault.startswith("plinth:data.mysql.monitoring.insights: db.t3.micro has none on MySQL; false, or another class")


def test_a_database_that_is_off_can_be_named_by_no_service(copy: Path) -> None:
    faults = changed(copy, "enabled: true", "enabled: false")
    named = [fault for fault in faults if "postgres is nothing in this stack; one of mysql, redis" in fault]
    assert [fault.split(": ")[0] for fault in named] == [
        "plinth:services.booking.access[0].to",
        'plinth:services["booking-worker"].access[0].to',
        "plinth:services.collection.access[0].to",
        'plinth:services["bot-api"].access[0].to',
    ]
    assert [fault for fault in faults if fault not in named] == [
        f"plinth:services{service}.sidecars[0]: pools connections to nothing; with `{{to: postgres, as: connect}}`"
        for service in (".booking", '["booking-worker"]')
    ]


def test_a_database_whose_owner_has_no_secret_is_refused(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("      mysql: {keptIn: secrets-manager", "      other: {keptIn: secrets-manager", 1))
    (fault,) = refusals(copy)
    assert fault.startswith("plinth:data.mysql: its owner has no secret: plinth:secrets.generated.mysql; one in secrets-manager")


def test_a_database_needs_the_keys_that_it_is_encrypted_with(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("purposes: [data, storage", "purposes: [storage", 1))
    assert [fault.split(", which")[0] for fault in refusals(copy)] == [
        "plinth:keys.purposes: data is not there, and it encrypts redis, queues.images, queues.jobs; data as well",
        "plinth:data.postgres: PostgreSQL needs the key data",
        "plinth:data.mysql: MySQL needs the key data",
    ]


def test_shards_take_neither_a_proxy_nor_the_snapshot_of_one(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    text = file.read_text()
    at = text.index("\n    postgres:\n", text.index("  plinth:data:"))
    of_postgres, rest = text[at:].split("\n    mysql:\n", 1)
    for old, new in (
        ("shards: 1", "shards: 2"),
        ("{enabled: false}", "{enabled: true}"),
        ('restoreFrom: ""', "restoreFrom: friday"),
    ):
        assert old in of_postgres
        of_postgres = of_postgres.replace(old, new, 1)
    file.write_text(f"{text[:at]}{of_postgres}\n    mysql:\n{rest}")
    assert refusals(copy) == [
        f"{AT}.proxy.enabled: true, but of 2 shards a proxy knows the first alone, and who has it no way to the others; "
        "false, or shards: 1",
        f'{AT}.restoreFrom: friday is what one shard held, and there are 2; "", or shards: 1',
    ]


@pytest.mark.parametrize("name", ["rdsadmin", "postgres", "public", "pg_monitor", "mysql", "sys", "none"])
def test_an_owner_who_is_called_like_the_engine_or_rds_itself_is_refused(copy: Path, name: str) -> None:
    file = copy / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("username: plinth}", f"username: {name}}}", 1))
    (fault,) = refusals(copy)
    assert fault == f"plinth:secrets.generated.postgres.username: {name} is what PostgreSQL or RDS itself has; another name"


@pytest.mark.parametrize("name", ["plinth", "rdsadmin", "postgres", "public", "pg-monitor", "mysql", "sys", "information-schema"])
def test_what_a_service_keeps_is_not_called_like_the_owner_or_the_engine_itself(copy: Path, name: str) -> None:
    file = copy / "Pulumi.dev.yaml"
    text = file.read_text()
    at = text.index("\n    collection:\n")
    old = re.search(r"workload: \S+", text[at:])
    assert old
    file.write_text(text[:at] + text[at:].replace(old[0], f"workload: {name}", 1))
    (fault,) = [one for one in refusals(copy) if "PostgreSQL" in one]
    called = f"would be {name.replace('-', '_')} on PostgreSQL, as the owner or the engine itself is called; another name"
    assert fault == f"plinth:services.collection.workload: {called}"


def test_a_service_that_logs_in_is_not_called_like_the_owner(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("\n    collection:\n", "\n    plinth:\n", 1))
    faults = [one for one in refusals(copy) if "PostgreSQL" in one]
    assert faults == [
        "plinth:services.plinth: would be plinth on PostgreSQL, as the owner or the engine itself is called; another name"
    ]
