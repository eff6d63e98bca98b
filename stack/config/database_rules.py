"""Rules of databases: a version that is known, windows that never meet, storage that can grow, and a user who owns it."""

from collections.abc import Callable, Iterator, Mapping

from pydantic.alias_generators import to_camel

from components.data.engines import ENGINES, MONITORING_SECONDS, EngineName, major
from components.data.windows import DATABASE_MINUTES, window_problems
from stack.config.breach import Breach
from stack.config.databases import Database
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig

_NEEDED_KEYS = ("data", "secrets")


def databases(config: StackConfig) -> Mapping[EngineName, Database]:
    """The databases that the stack has."""
    there: Mapping[EngineName, Database] = {"postgres": config.data.postgres, "mysql": config.data.mysql}
    return {engine: database for engine, database in there.items() if database.enabled}


def _each(config: StackConfig) -> Iterator[tuple[KeyPath, EngineName, Database]]:
    for engine, database in databases(config).items():
        yield (f"{NAMESPACE}:data", engine), engine, database


def _versions_are_known(config: StackConfig) -> Iterator[Breach]:
    for at, engine, database in _each(config):
        known = ENGINES[engine].versions
        if major(database.engine_version) not in known:
            yield Breach(
                path=(*at, "engineVersion"),
                problem=f"{database.engine_version} is no version of {ENGINES[engine].title} that is known here",
                allowed=f"one of {', '.join(known)}",
            )


def _windows_never_meet(config: StackConfig) -> Iterator[Breach]:
    for at, _, database in _each(config):
        for which, problem, allowed in window_problems(database.backup_window, database.maintenance_window, DATABASE_MINUTES):
            yield Breach(path=(*at, to_camel(which)), problem=problem, allowed=allowed)


def _storage_can_grow(config: StackConfig) -> Iterator[Breach]:
    for at, _, database in _each(config):
        if database.max_storage_gb < database.storage_gb:
            yield Breach(
                path=(*at, "maxStorageGb"),
                problem=f"{database.max_storage_gb} is less than storageGb, which is {database.storage_gb}",
                allowed=f"at least {database.storage_gb}",
            )


def _measures_are_possible(config: StackConfig) -> Iterator[Breach]:
    for at, engine, database in _each(config):
        without = ENGINES[engine].insights_without
        if database.monitoring.insights and database.instance_class in without:
            yield Breach(
                path=(*at, "monitoring", "insights"),
                problem=f"{database.instance_class} has none on {ENGINES[engine].title}",
                allowed=f"false, or another class than {', '.join(without)}",
            )
        if database.monitoring.interval_seconds not in MONITORING_SECONDS:
            yield Breach(
                path=(*at, "monitoring", "intervalSeconds"),
                problem=f"{database.monitoring.interval_seconds} is not possible",
                allowed=f"one of {', '.join(map(str, MONITORING_SECONDS))}",
            )


def _zones_are_enough(config: StackConfig) -> Iterator[Breach]:
    for at, engine, _ in _each(config):
        if len(config.platform.zones) < 2:
            yield Breach(path=at, problem=f"{ENGINES[engine].title} needs two zones", allowed="more of platform.zones, or off")


def _keys_are_there(config: StackConfig) -> Iterator[Breach]:
    for at, engine, _ in _each(config):
        for purpose in _NEEDED_KEYS:
            if purpose not in config.keys.purposes:
                yield Breach(
                    path=at,
                    problem=f"{ENGINES[engine].title} needs the key {purpose}, which is not there",
                    allowed=f"{purpose} in {NAMESPACE}:keys.purposes, or off",
                )


def _owners_have_passwords(config: StackConfig) -> Iterator[Breach]:
    for at, engine, _ in _each(config):
        secret = config.secrets.generated.get(engine)
        if secret is None or secret.kept_in != "secrets-manager" or not secret.username or secret.length > _PASSWORD:
            yield Breach(
                path=at,
                problem=f"its owner has no secret: {NAMESPACE}:secrets.generated.{engine}",
                allowed=f"one in secrets-manager with a username and at most {_PASSWORD} characters",
            )


_PASSWORD = 41
"""Characters of the owner's password that MySQL takes (RDS API reference, CreateDBInstance, MasterUserPassword)."""

DATABASE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _versions_are_known,
    _windows_never_meet,
    _storage_can_grow,
    _measures_are_possible,
    _zones_are_enough,
    _keys_are_there,
    _owners_have_passwords,
)
"""The rules of databases."""
