"""Rules of `storage`: objects age in an order that S3 knows, and what a bucket refers to is there."""

import re
from collections.abc import Callable, Iterator
from typing import get_args

from pydantic.alias_generators import to_camel

from components.storage.lifecycle import Lifecycle, lifecycle_problems
from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.storage import Bucket, Place

_STORAGE = f"{NAMESPACE}:storage"
LOGS = "logs"
"""The purpose of the bucket that `storage.logs` makes."""
_WAF = "waf"


def _objects_can_age(config: StackConfig) -> Iterator[Breach]:
    storage = config.storage
    for name, bucket in storage.buckets.items():
        yield from _ageing((_STORAGE, "buckets", name), bucket.lifecycle)
    if storage.logs.enabled:
        for breach in _ageing((_STORAGE, "logs"), storage.logs.lifecycle):
            yield Breach(path=_kept(breach.path), problem=breach.problem, allowed=breach.allowed)


def _ageing(at: KeyPath, lifecycle: Lifecycle) -> Iterator[Breach]:
    for where, problem, allowed in lifecycle_problems(lifecycle):
        key, index = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", where).groups()  # type: ignore[union-attr]
        path = (*at, to_camel(key), *((int(index),) if index else ()))
        yield Breach(path=path, problem=problem, allowed=allowed)


def _kept(path: KeyPath) -> KeyPath:
    """What is `expireDays` of a bucket is `keepDays` of the logs."""
    return tuple("keepDays" if step == "expireDays" else step for step in path)


def _names_are_free(config: StackConfig) -> Iterator[Breach]:
    """Two buckets of one name would be one bucket, whose settings are made twice."""
    given = dict(_given(config))
    for name in config.storage.buckets:
        if whose := given.get(name):
            yield Breach(path=(_STORAGE, "buckets", name), problem=f"is what {whose} is called", allowed="another name")


def _given(config: StackConfig) -> Iterator[tuple[str, str]]:
    """What the platform itself calls a bucket, and which one: whether it is there now or once somebody asks for it."""
    yield LOGS, "the bucket for logs"
    yield _WAF, "the one of firewalls"
    for place in get_args(Place):
        yield f"{LOGS}-{place}", f"the bucket for logs in {place}"
        for name in config.storage.buckets:
            yield f"{name}-{place}", f"a copy of {name}"


def _what_they_refer_to_is_there(config: StackConfig) -> Iterator[Breach]:
    for name, bucket in config.storage.buckets.items():
        yield from _references(config, (_STORAGE, "buckets", name), bucket)


def _references(config: StackConfig, at: KeyPath, bucket: Bucket) -> Iterator[Breach]:
    keys, purpose = config.keys, bucket.encrypted_with
    if purpose not in keys.purposes:
        yield Breach(
            path=(*at, "encryptedWith"), problem=f"there is no key {purpose}", allowed=f"one of {', '.join(keys.purposes)}"
        )
    for index, place in enumerate(bucket.copies):
        if place in bucket.copies[:index]:
            yield Breach(path=(*at, "copies", index), problem=f"{place} is given twice", allowed="each once")
        copied = getattr(keys.copies, place)
        if purpose not in copied:
            yield Breach(
                path=(*at, "copies", index),
                problem=f"the key {purpose} has no copy in {place}",
                allowed=f"{purpose} in {NAMESPACE}:keys.copies.{place} as well",
            )
    for key, wanted in (("copies", bucket.copies), ("lockDays", bucket.lock_days)):
        if wanted and not bucket.versioned:
            yield Breach(path=(*at, key), problem="needs versions, and there are none", allowed="versioned: true, or none")


def _origins_differ(config: StackConfig) -> Iterator[Breach]:
    for name, bucket in config.storage.buckets.items():
        for index, origin in enumerate(bucket.cors_origins):
            if origin in bucket.cors_origins[:index]:
                path = (_STORAGE, "buckets", name, "corsOrigins", index)
                yield Breach(path=path, problem=f"{origin} is given twice", allowed="each once")


def _files_have_a_door(config: StackConfig) -> Iterator[Breach]:
    files = config.storage.files
    if files.enabled and not files.access_points:
        yield Breach(
            path=(_STORAGE, "files", "accessPoints"),
            problem="is empty, and nobody gets in without",
            allowed="at least one access point",
        )


def _what_needs_the_key_has_it(config: StackConfig) -> Iterator[Breach]:
    needing = [
        what
        for what, enabled in (("files", config.storage.files.enabled), ("volumes", config.account.singletons.enabled))
        if enabled
    ]
    if needing and "storage" not in config.keys.purposes:
        yield Breach(
            path=(f"{NAMESPACE}:keys", "purposes"),
            problem=f"has no storage, but {' and '.join(needing)} are encrypted with it",
            allowed="storage among them",
        )


STORAGE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _objects_can_age,
    _names_are_free,
    _what_they_refer_to_is_there,
    _origins_differ,
    _files_have_a_door,
    _what_needs_the_key_has_it,
)
"""The rules of this section."""
