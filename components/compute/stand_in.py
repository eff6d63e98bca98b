"""What runs in place of an image that does not exist yet: so that the first deployment of a service settles.

The image is the public one of nginx. It answers every request to the service's port and writes to memory only, so that its file
system can be read-only. As pure text.
"""

from typing import Final, Literal

USER: Final = "101:101"
"""The user `nginx` of the image, who may not become another."""
_FOLDER: Final = "/dev/shm"  # noqa: S108 (a file system in the memory of the container itself: nobody shares it)
_ANSWERS = {
    "http": 'default_type text/plain; return 200 "placeholder\\n";',
    # Headers and no body: what gRPC calls Trailers-Only, with which a call may end (gRPC over HTTP/2, "Responses").
    "grpc": 'default_type application/grpc; add_header grpc-status 0 always; return 200 "";',
}
_KEEP_ALIVE_SECONDS: Final = 4015
"""How long it leaves a silent connection open: longer than any application load balancer (4,000 s at most), which would send the
next request into one that is being closed."""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def entry_point() -> tuple[str, ...]:
    """Who runs the command."""
    return ("/bin/sh", "-c")


def command(port: int | None, protocol: Literal["http", "grpc"]) -> tuple[str, ...]:
    """What answers 200 to every request on `port`, over HTTP/2 without encryption where gRPC is spoken; without a port it waits.

    Sources: nginx documentation, "Module ngx_http_v2_module", "Core functionality", "Command-line parameters".
    """
    if port is None:
        return ("exec tail -f /dev/null",)
    return (
        f"printf '%s' '{_configuration(port, protocol)}' > {_FOLDER}/nginx.conf && exec nginx -e stderr -c {_FOLDER}/nginx.conf",
    )


def _configuration(port: int, protocol: Literal["http", "grpc"]) -> str:
    folders = " ".join(f"{name}_temp_path {_FOLDER}/{name};" for name in _TEMPORARY)
    spoken = " http2 on;" if protocol == "grpc" else ""
    return (
        f"daemon off; pid {_FOLDER}/nginx.pid; events {{}} "
        f"http {{ access_log off; keepalive_timeout {_KEEP_ALIVE_SECONDS}s; {folders} "
        f"server {{ listen {port};{spoken} location / {{ {_ANSWERS[protocol]} }} }} }}"
    )
