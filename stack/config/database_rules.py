"""Rules of databases: known versions, windows that never meet, storage that can grow, shards in reach, an owner, free names."""

from collections.abc import Callable, Iterator, Mapping

from pydantic.alias_generators import to_camel

from components.data.engines import ENGINES, MONITORING_SECONDS, EngineName, is_taken, least_growth
from components.data.windows import DATABASE_MINUTES, window_problems
from stack.config.breach import Breach
from stack.config.databases import Database
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.told import logins

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
        if database.engine_version not in known:
            yield Breach(
                path=(*at, "engineVersion"),
                problem=f"{database.engine_version} is no major version of {ENGINES[engine].title} that is known here",
                allowed=f"one of {', '.join(known)}",
            )


def _windows_never_meet(config: StackConfig) -> Iterator[Breach]:
    for at, _, database in _each(config):
        for which, problem, allowed in window_problems(database.backup_window, database.maintenance_window, DATABASE_MINUTES):
            yield Breach(path=(*at, to_camel(which)), problem=problem, allowed=allowed)


def _storage_can_grow(config: StackConfig) -> Iterator[Breach]:
    for at, _, database in _each(config):
        if database.max_storage_gb < (least := least_growth(database.storage_gb)):
            yield Breach(
                path=(*at, "maxStorageGb"),
                problem=f"{database.max_storage_gb} is less than a tenth above storageGb, which is {database.storage_gb}",
                allowed=f"at least {least}",
            )


def _shards_can_be_reached(config: StackConfig) -> Iterator[Breach]:
    for at, _, database in _each(config):
        if database.shards > 1 and database.proxy.enabled:
            problem = f"true, but of {database.shards} shards a proxy knows the first alone, and who has it no way to the others"
            yield Breach(path=(*at, "proxy", "enabled"), problem=problem, allowed="false, or shards: 1")
        if database.shards > 1 and database.restore_from:
            problem = f"{database.restore_from} is what one shard held, and there are {database.shards}"
            yield Breach(path=(*at, "restoreFrom"), problem=problem, allowed='"", or shards: 1')


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


def _names_are_free(config: StackConfig) -> Iterator[Breach]:
    """A user who is called like the owner would be given another password; a schema that is would be searched by it first."""
    for _, engine, _ in _each(config):
        owner = config.secrets.generated.get(engine)
        for login in logins(config):
            of_a_service = (f"{NAMESPACE}:services", login.service)
            names = {login.keeps: (*of_a_service, "workload"), login.user: of_a_service}  # one and the same without a workload
            for name, path in names.items() if login.store == engine else ():
                if is_taken(name) or (owner and name == owner.username):
                    yield Breach(
                        path=path,
                        problem=f"would be {name} on {ENGINES[engine].title}, as the owner or the engine itself is called",
                        allowed="another name",
                    )


def _owners_are_not_of_the_engine(config: StackConfig) -> Iterator[Breach]:
    for _, engine, _ in _each(config):
        secret = config.secrets.generated.get(engine)
        if secret and is_taken(secret.username):
            yield Breach(
                path=(f"{NAMESPACE}:secrets", "generated", engine, "username"),
                problem=f"{secret.username} is what {ENGINES[engine].title} or RDS itself has",
                allowed="another name",
            )


_PASSWORD = 41
"""Characters of the owner's password that MySQL takes (RDS API reference, CreateDBInstance, MasterUserPassword)."""

DATABASE_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _versions_are_known,
    _windows_never_meet,
    _storage_can_grow,
    _shards_can_be_reached,
    _measures_are_possible,
    _zones_are_enough,
    _keys_are_there,
    _owners_have_passwords,
    _owners_are_not_of_the_engine,
    _names_are_free,
)
"""The rules of databases."""
