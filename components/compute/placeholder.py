"""What runs in place of a service that has no image yet: it answers every request, so that a first deployment settles."""

from typing import Final

PLACEHOLDER_IMAGE: Final = "public.ecr.aws/nginx/nginx:1.29-alpine"
"""A web server, from the public registry of AWS: no push of ours comes before it."""
_IDLE: Final = ("sleep", "infinity")


def placeholder_command(port: int, *, grpc: bool) -> tuple[str, ...]:
    """What makes that image answer 200 to everything on `port`; to a call by gRPC, OK with no message."""
    kind = "http2 on; default_type application/grpc; add_header grpc-status 0 always;" if grpc else "default_type text/plain;"
    server = f"server {{ listen {port}; {kind} location / {{ return 200 ''; }} }}"
    return ("/bin/sh", "-c", f'echo "{server}" > /etc/nginx/conf.d/default.conf && exec nginx -g "daemon off;"')


def idle_command() -> tuple[str, ...]:
    """What makes that image do nothing, in place of a service that listens nowhere."""
    return _IDLE
