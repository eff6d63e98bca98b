"""Images of services: where each is kept, and which version of it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input, Output

from components.core.context import Context
from components.core.contracts import EncryptionKey
from components.security.purposes import Purpose
from stack.config.container_rules import BUILD, PGBOUNCER
from stack.config.database_rules import databases
from stack.config.loader import Stack
from stack.connections import LOGINS
from stack.services import for_service

_PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The registries of a stack by the image that each keeps: a service's own, or a sidecar's; and what to run.

    `uris` has no entry for an image that is a placeholder.
    """

    registries: Mapping[str, Output[str]]
    uris: Mapping[str, Input[str]]


def images(stack: Stack, ctx: Context, keys: Mapping[Purpose, EncryptionKey]) -> Images:
    """A registry for the image of each service, and one for each sidecar; what is to be built for them."""
    wanted = _wanted(stack)
    if not wanted:
        return Images(registries={}, uris={})
    from components.compute.registry import Registry, RegistryArgs, image_uri
    from components.security.pipelines import deploy_role_arn

    containers = stack.config.containers
    registries = {
        name: Registry(
            f"registry-{name}",
            RegistryArgs(
                image=name,
                key_arn=keys["storage"].key_arn,
                keep_images=containers.keep_images,
                untagged_days=containers.untagged_days,
                pushed_by=(deploy_role_arn(ctx),) if stack.config.identity.github.enabled else (),
            ),
            _whose(stack, ctx, name).asked_by("plinth:containers"),
        ).repository_url
        for name in wanted
    }
    built = _built(ctx, {name: image for name, image in wanted.items() if image.startswith(BUILD)}, registries)
    kept = {
        name: image_uri(ctx, name, image)
        for name, image in wanted.items()
        if image != _PLACEHOLDER and not image.startswith(BUILD)
    }
    return Images(registries=registries, uris={**kept, **built})


def _wanted(stack: Stack) -> Mapping[str, str]:
    """What is said of each image."""
    services = stack.config.services
    found = {name: service.image for name, service in services.items() if service.image}
    if any(PGBOUNCER in service.sidecars for service in services.values()):
        found[PGBOUNCER] = stack.config.containers.pgbouncer
    if databases(stack.config):
        found[LOGINS] = f"tag:{stack.config.data.logins.image_tag}"
    return found


def _whose(stack: Stack, ctx: Context, image: str) -> Context:
    """The image of a sidecar is nobody's own."""
    return for_service(stack, ctx, image) if image in stack.config.services else ctx


def _built(ctx: Context, folders: Mapping[str, str], registries: Mapping[str, Output[str]]) -> Mapping[str, Input[str]]:
    if not folders:
        return {}
    from components.compute.builds import Build, Builds, BuildsArgs

    args = BuildsArgs(
        images={name: Build(folder=image.removeprefix(BUILD), repository_url=registries[name]) for name, image in folders.items()}
    )
    return Builds("builds", args, ctx.asked_by("plinth:containers.builds")).image_uris
