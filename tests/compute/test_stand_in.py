"""What stands in for an image that does not exist yet."""

import re
import shlex

from components.compute import stand_in


def written(port: int, protocol: str) -> str:
    """The configuration that the command gives to nginx."""
    (script,) = stand_in.command(port, "grpc" if protocol == "grpc" else "http")
    words = shlex.split(script)
    assert words[:2] == ["printf", "%s"]
    assert words[3:] == [">", "/dev/shm/nginx.conf", "&&", "exec", "nginx", "-e", "stderr", "-c", "/dev/shm/nginx.conf"]  # noqa: S108
    return words[2]


def test_every_path_is_answered_on_the_port_of_the_service() -> None:
    configuration = written(8000, "http")
    assert "server { listen 8000; location / {" in configuration
    assert 'return 200 "placeholder\\n";' in configuration
    assert "http2" not in configuration


def test_grpc_is_answered_over_http_2_with_a_status_in_the_headers_and_no_body() -> None:
    configuration = written(50051, "grpc")
    assert "listen 50051; http2 on;" in configuration
    assert "default_type application/grpc; add_header grpc-status 0 always;" in configuration
    assert 'return 200 "";' in configuration


def test_it_leaves_silent_connections_open_for_longer_than_a_load_balancer_can() -> None:
    for protocol in ("http", "grpc"):
        (found,) = re.findall(r"keepalive_timeout (\d+)s;", written(8000, protocol))
        assert int(found) > 4000


def test_a_read_only_file_system_will_do() -> None:
    folders = re.findall(r"_temp_path (\S+?);|pid (\S+?);", written(8000, "http"))
    paths = [one or other for one, other in folders]
    assert len(paths) == 6
    assert all(path.startswith("/dev/shm/") for path in paths)  # noqa: S108


def test_braces_close_and_nothing_ends_the_quotes_of_the_shell() -> None:
    for protocol in ("http", "grpc"):
        configuration = written(8000, protocol)
        assert configuration.count("{") == configuration.count("}")
        assert "'" not in configuration


def test_who_listens_nowhere_waits() -> None:
    assert stand_in.command(None, "http") == ("exec tail -f /dev/null",)
    assert stand_in.entry_point() == ("/bin/sh", "-c")
