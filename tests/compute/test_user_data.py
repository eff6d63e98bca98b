"""What a machine does at its first start, as text."""

import re
import shlex

import pytest

from components.compute.user_data import LIMIT, user_data
from tests.compute.machines import ARNS, IMAGE, SECRET_ARN, start


def script(**changed: object) -> str:
    return user_data(start(**changed), IMAGE, ARNS if changed.get("told", True) else ())


def file_in(text: str, path: str) -> str:
    """What `text` writes to `path`."""
    found = re.search(rf"^cat > {re.escape(path)} <<'END_OF_FILE'\n(.*?)\nEND_OF_FILE$", text, re.DOTALL | re.MULTILINE)
    assert found, path
    return found[1]


@pytest.mark.requirement("CMP-04", part="user data names the service, installs it and starts it")
def test_the_script_installs_configures_and_starts_the_service_it_names() -> None:
    text = script()
    assert text.startswith("#!/bin/bash\n# Makes this machine one of those that run websocket.\nset -euo pipefail\n")
    order = [
        "dnf install --assumeyes --quiet amazon-cloudwatch-agent awscli-2 docker jq",
        "cat > /etc/systemd/system/plinth-websocket.service",
        "systemctl enable --now amazon-ssm-agent.service",
        "systemctl daemon-reload",
        "systemctl enable --now docker.service",
        "systemctl enable plinth-websocket.service",
        "systemctl start --no-block plinth-websocket.service",
        "if systemctl is-active --quiet plinth-websocket.service && curl",
    ]
    places = [text.index(step) for step in order]
    assert places == sorted(places)


def test_each_parameter_and_secret_is_fetched_once_and_fails_the_start_where_it_is_missing() -> None:
    prepare = file_in(script(), "/opt/plinth/prepare")
    assert prepare.count("get-secret-value") == prepare.count("get-parameter") == 1
    assert f"--secret-id {SECRET_ARN} " in prepare
    assert "--name /plinth/test/database/postgres/host " in prepare
    assert prepare.splitlines()[2] == "set -euo pipefail"
    assert not re.search(r"told \w+ \"\$\((?!part|whole)", prepare), "a command in an argument fails unnoticed"


def test_what_is_fetched_is_kept_in_memory_that_root_alone_reads() -> None:
    text = script()
    unit, prepare = file_in(text, "/etc/systemd/system/plinth-websocket.service"), file_in(text, "/opt/plinth/prepare")
    assert "RuntimeDirectory=plinth-websocket\nRuntimeDirectoryMode=0700" in unit
    assert "umask 077" in prepare
    assert set(re.findall(r">>? \"?([^\s\"]+)", prepare)) <= {
        "$RUNTIME_DIRECTORY/told",
        "$RUNTIME_DIRECTORY/instance",
        "/dev/null",
    }


def test_values_go_to_the_container_by_name_and_what_anybody_may_see_by_value() -> None:
    words = shlex.split(file_in(script(), "/opt/plinth/run").partition("exec ")[2])
    handed = [words[at + 1] for at, word in enumerate(words) if word == "--env"]
    assert {"POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD"} < set(handed)
    assert {"PORT=8080", 'GREETING=it\'s "$(id)" `id` 100% \\n', "AWS_REGION=us-east-1"} < set(handed)
    assert words[words.index("--publish") + 1] == "8080:8080"
    assert words[-4:] == [IMAGE, "node", "it's $HOME.js", "--greeting=a b"]


def test_logs_go_to_the_group_of_the_service_in_a_stream_of_the_machine() -> None:
    words = shlex.split(file_in(script(), "/opt/plinth/run").partition("exec ")[2])
    options = [words[at + 1] for at, word in enumerate(words) if word == "--log-opt"]
    assert words[words.index("--log-driver") + 1] == "awslogs"
    assert "awslogs-group=plinth-test-websocket-machine" in options
    assert any(option.startswith("awslogs-stream=$(< ") for option in options)


def test_the_service_has_its_time_to_end_and_is_started_for_ever_anew() -> None:
    unit = file_in(script(stop_seconds=90), "/etc/systemd/system/plinth-websocket.service")
    for line in ("Restart=always", "StartLimitIntervalSec=0", "TimeoutStopSec=105", "WantedBy=multi-user.target"):
        assert line in unit.splitlines()
    assert "ExecStop=/usr/bin/docker stop --time 90 plinth-websocket" in unit


@pytest.mark.requirement("CMP-01", part="no port, and nobody asks for one")
def test_a_service_without_a_port_opens_none_and_is_asked_for_nothing() -> None:
    text = script(port=None, health="", told=(), registry="")
    assert "--publish" not in text
    assert "PORT=" not in text
    assert "docker login" not in text
    assert "127.0.0.1" not in text
    assert "if systemctl is-active --quiet plinth-websocket.service && stays_up; then" in text


def test_a_machine_that_does_not_come_up_is_given_back() -> None:
    text = script()
    assert text.index("result=ABANDON") < text.index("trap finish EXIT") < text.index("dnf install")
    assert "--lifecycle-hook-name ready" in text
    assert '--lifecycle-action-result "$result"' in text


def test_metadata_is_asked_for_with_a_token() -> None:
    asking = file_in(script(), "/opt/plinth/instance-id")
    assert asking.index("X-aws-ec2-metadata-token-ttl-seconds") < asking.index("meta-data/instance-id")
    assert '"X-aws-ec2-metadata-token: $token"' in asking


def test_what_is_longer_than_ec2_takes_is_refused() -> None:
    room = LIMIT - len(script(environment={"FILLER": ""}).encode())
    assert len(script(environment={"FILLER": "x" * room}).encode()) == LIMIT
    with pytest.raises(ValueError, match=r"user data of websocket: 16,385 bytes; at most 16,384"):
        script(environment={"FILLER": "x" * (room + 1)})


def test_a_value_that_would_end_a_file_early_is_refused() -> None:
    with pytest.raises(ValueError, match=r"END_OF_FILE cannot stand in a command"):
        script(command=("echo", "END_OF_FILE"))
