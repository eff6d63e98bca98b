"""What `data` refuses: windows that collide, shards without copies, old machines, a broker in pieces, letters too old."""

from pathlib import Path

import pytest

from stack.config.loader import load_all
from tests.config.stack_files import refusals
from tests.harness import linked_copy, replace_in

AT = "plinth:data"
REDIS, BROKER = (rf"(    {name}:\n(?:      .*\n)*?      .*?)" for name in ("redis", "broker"))
"""The section of a cache up to some key of it."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


@pytest.mark.parametrize(
    ("stack", "pattern", "text", "fault"),
    [
        (
            "dev",
            f"{REDIS}sun:05:00-sun:06:00",
            r"\1mon:03:30-mon:05:00",
            f"{AT}.redis.maintenanceWindow: mon:03:30-mon:05:00 overlaps the backup window 03:00-04:00; "
            "windows that share no minute",
        ),
        (
            "dev",
            f"{REDIS}sun:05:00-sun:06:00",
            r"\1sun:05:00-sun:05:30",
            f"{AT}.redis.maintenanceWindow: sun:05:00-sun:05:30 is 30 minutes long; at least 60",
        ),
        (
            "staging",
            f"{BROKER}sun:06:00-sun:07:00",
            r"\1sun:02:30-sun:03:30",
            f"{AT}.broker.maintenanceWindow: sun:02:30-sun:03:30 overlaps the backup window 03:00-04:00; "
            "windows that share no minute",
        ),
        (
            "prod",
            "cache.r5.large",
            "cache.t2.medium",
            f"{AT}.redis.nodeType: cache.t2.medium is of a generation that AWS makes no more of; t3 or later",
        ),
        (
            "prod",
            "cache.r5.large",
            "cache.r6gd.xlarge",
            f"{AT}.redis.nodeType: cache.r6gd.xlarge keeps a part on disk, for which there is no key here; "
            "another family, such as r6g",
        ),
        (
            "dev",
            f"{REDIS}shards: 1",
            r"\1shards: 3",
            f"{AT}.redis.replicas: 0, but there are 3 shards: with one lost, keys are missing for everybody; "
            "at least 1, or shards: 1",
        ),
        (
            "prod",
            f"{REDIS}shards: 2",
            r"\1shards: 50",
            f"{AT}.redis.shards: 50 with 1 replicas each are 100 nodes; at most 90 nodes",
        ),
        (
            "dev",
            r'      redis: \{keptIn: secrets-manager, length: 64, username: ""\}\n',
            "",
            "plinth:secrets.generated: redis is not there, and it is the token of redis; an entry redis",
        ),
        (
            "staging",
            r'broker: \{keptIn: secrets-manager, length: 64, username: ""\}',
            "broker: {keptIn: secrets-manager, length: 64, username: me}",
            "plinth:secrets.generated.broker: is the token of broker; "
            'keptIn: secrets-manager and username: "", since it rotates alone',
        ),
        (
            "dev",
            r"images: \{visibilitySeconds: 360, retentionDays: 4, receives: 5\}",
            "images: {visibilitySeconds: 43200, retentionDays: 2, receives: 5}",
            f"{AT}.queues.images.retentionDays: 2, but 5 attempts take 216,000 s: messages are gone before; "
            "at least 3, or fewer or shorter attempts",
        ),
        (
            "dev",
            r"(      uploads:\n(?:.*\n){2}.*)eventsTo: queue.images",
            r"\1eventsTo: queue.image",
            "plinth:storage.buckets.uploads.eventsTo: queue.image is nothing in this stack; "
            'one of queue.images, queue.jobs, or ""'
            "; did you mean queue.images?",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_can(copy: Path, stack: str, pattern: str, text: str, fault: str) -> None:
    replace_in(copy / f"Pulumi.{stack}.yaml", pattern, text)
    assert fault in refusals(copy, stack)


def test_a_broker_that_is_off_may_not_be_a_cache_in_pieces(copy: Path) -> None:
    replace_in(copy / "Pulumi.prod.yaml", r"broker:\n      enabled: true", "broker:\n      enabled: false")
    faults = refusals(copy, "prod")
    assert [fault.split(": ")[0] for fault in faults] == [
        "plinth:services.booking.access[2].to",
        'plinth:services["booking-worker"].access[2].to',
        'plinth:services["bot-api"].access[2].to',
    ]
    assert all("divided into shards, which its clients cannot address" in fault for fault in faults)


@pytest.mark.requirement("DAT-18", part="no shards by construction")
def test_a_broker_cannot_be_said_to_have_shards(copy: Path) -> None:
    replace_in(copy / "Pulumi.prod.yaml", r"broker:\n      enabled: true", "broker:\n      shards: 2\n      enabled: true")
    (fault,) = refusals(copy, "prod")
    assert fault.startswith(f"{AT}.broker.shards")


def test_what_is_switched_off_can_be_named_no_more(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", r"redis:\n      enabled: true", "redis:\n      enabled: false")
    faults = refusals(copy)
    assert all("is nothing in this stack" in fault for fault in faults)
    assert {fault.split(": ")[1].split(" ")[0] for fault in faults} == {"redis", "broker"}


def test_data_is_encrypted_with_a_key_that_is_there(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", r"purposes: \[data, ", "purposes: [")
    faults = refusals(copy)
    wanted = "plinth:keys.purposes: data is not there, and it encrypts redis, queues.images, queues.jobs; data as well"
    assert wanted in faults


def test_where_there_is_no_broker_its_name_stands_for_the_cache(copy: Path) -> None:
    assert not load_all(copy, ["dev"])["dev"].config.data.broker.enabled
