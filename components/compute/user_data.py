"""What a machine does at its first start, as pure text: it installs, configures and starts one service in a container.

For Amazon Linux 2023. No secret stands in it: user data can be read by whoever may describe the machine. What the service is told
is fetched at each of its starts, with the role of the machine, into memory that nobody but root reads.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 16_384
"""Bytes of user data before it is encoded (EC2 user guide, "Run commands when you launch an EC2 instance with user data")."""
LAUNCH_HOOK: Final = "ready"
"""The lifecycle hook that keeps a machine from its work until its service answers."""
_END: Final = "END_OF_FILE"
_HOME: Final = "/opt/plinth"
_PACKAGES: Final = ("amazon-cloudwatch-agent", "awscli-2", "docker", "jq")
_ATTEMPTS: Final = 120
_PAUSE_SECONDS: Final = 5
_STEADY_SECONDS: Final = 45
"""How long a service that cannot be asked has to run without a restart to count as ready: several times what is between two."""
_GRACE_SECONDS: Final = 15
"""How long systemd waits beyond the time that the service has to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a machine has to know to start the service called `service`.

    `group` is the name of its log group and `fleet` that of its Auto Scaling group. `registry` is the host of the account's own
    images, empty where the image comes from a public one. `port` is where it listens, None for nowhere, and `health` the path
    that then answers 200 while it is well, empty where that cannot be asked by HTTP. `told` are the variables that are fetched at
    each start, each with the field of a secret that it holds (empty: all of it). `environment` anybody may see. `stop_seconds` is
    how long it has to end.
    """

    service: str
    region: str
    group: str
    fleet: str
    registry: str
    port: int | None
    health: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    told: tuple[tuple[str, str], ...]
    stop_seconds: int

    @property
    def unit(self) -> str:
        """What systemd and Docker call it: `plinth-websocket`."""
        return f"plinth-{self.service}"


def user_data(start: Start, image: str, arns: Sequence[str]) -> str:
    """The script: `image` is what runs, `arns` are the parameters and secrets that hold what `start.told` names, in its order.

    Raises ValueError where it is longer than EC2 takes.
    """
    script = "\n".join(_script(start, image, arns))
    if (size := len(script.encode())) > LIMIT:
        raise ValueError(f"user data of {start.service}: {size:,} bytes; at most {LIMIT:,}")
    return script


def _script(start: Start, image: str, arns: Sequence[str]) -> Iterator[str]:
    yield "#!/bin/bash"
    yield f"# Makes this machine one of those that run {start.service}."
    yield "set -euo pipefail"
    yield f"install --directory --mode=0755 {_HOME}"
    yield from _file(f"{_HOME}/instance-id", _instance_id(), executable=True)
    yield from _at_the_end(start)
    yield f"dnf install --assumeyes --quiet {' '.join(_PACKAGES)}"
    yield from _file(f"{_HOME}/prepare", _prepare(start, image, arns), executable=True)
    yield from _file(f"{_HOME}/run", _run(start, image), executable=True)
    yield from _file(f"/etc/systemd/system/{start.unit}.service", _unit(start))
    yield from _agents(start)
    yield "systemctl daemon-reload"
    yield "systemctl enable --now docker.service"
    yield f"systemctl enable {start.unit}.service"
    yield f"systemctl start --no-block {start.unit}.service"
    yield from _until_ready(start)
    yield ""


def _file(path: str, lines: Iterator[str], *, executable: bool = False) -> Iterator[str]:
    content = "\n".join(lines)
    if _END in content:
        raise ValueError(f"user data: {_END} cannot stand in a command, a variable or the name of a secret")
    yield f"cat > {path} <<'{_END}'\n{content}\n{_END}"
    if executable:
        yield f"chmod 0755 {path}"


def _instance_id() -> Iterator[str]:
    """By version 2 of the metadata service alone (EC2 user guide, "Retrieve instance metadata")."""
    yield "#!/bin/bash"
    yield "set -euo pipefail"
    yield "metadata=http://169.254.169.254/latest"
    yield "ask=(curl --fail --silent --show-error --retry 5)"
    yield 'token=$("${ask[@]}" --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata/api/token")'
    yield '"${ask[@]}" --header "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id"'


def _at_the_end(start: Start) -> Iterator[str]:
    """A machine whose service does not come up is given back, whatever it was that failed."""
    yield "result=ABANDON"
    yield "finish() {"
    yield f"  aws autoscaling complete-lifecycle-action --region {start.region} \\"
    yield f"    --auto-scaling-group-name {shlex.quote(start.fleet)} --lifecycle-hook-name {LAUNCH_HOOK} \\"
    yield f'    --instance-id "$({_HOME}/instance-id)" --lifecycle-action-result "$result"'
    yield "}"
    yield "trap finish EXIT"


def _prepare(start: Start, image: str, arns: Sequence[str]) -> Iterator[str]:
    yield "#!/bin/bash"
    yield "# Before each start: what the service is told, and its image."
    yield "set -euo pipefail"
    yield "umask 077"
    yield f"export AWS_REGION={start.region} AWS_DEFAULT_REGION={start.region}"
    yield 'export DOCKER_CONFIG="$RUNTIME_DIRECTORY"'
    yield f'{_HOME}/instance-id > "$RUNTIME_DIRECTORY/instance"'
    yield ': > "$RUNTIME_DIRECTORY/told"'
    if start.told:
        yield """told() { printf 'export %s=%q\\n' "$1" "$2" >> "$RUNTIME_DIRECTORY/told"; }"""
    yield from _fetched(start.told, arns)
    yield f"docker rm --force {start.unit} > /dev/null 2>&1 || true"
    if start.registry:
        yield f"aws ecr get-login-password | docker login --username AWS --password-stdin {start.registry} > /dev/null"
    yield f"docker pull --quiet {shlex.quote(image)}"


def _fetched(told: Sequence[tuple[str, str]], arns: Sequence[str]) -> Iterator[str]:
    """Each parameter and secret once, whatever number of variables it fills. A value that is not there ends the start."""
    by_arn: dict[str, list[tuple[str, str]]] = {}
    for variable, arn in zip(told, arns, strict=True):
        by_arn.setdefault(arn, []).append(variable)
    for arn, variables in by_arn.items():
        yield f"whole=$({_fetch(arn)})"
        for variable, field in variables:
            if field:
                yield f"""part=$(jq --raw-output --exit-status --arg field {shlex.quote(field)} '.[$field]' <<< "$whole")"""
            yield f'told {variable} "${"part" if field else "whole"}"'


def _fetch(arn: str) -> str:
    service, _, name = arn.partition(":parameter")
    if service != arn:
        return f"aws ssm get-parameter --name {shlex.quote(name)} --with-decryption --query Parameter.Value --output text"
    return f"aws secretsmanager get-secret-value --secret-id {shlex.quote(arn)} --query SecretString --output text"


def _run(start: Start, image: str) -> Iterator[str]:
    """Values are handed to Docker by name, so that they stand in no command line; the network of the host is not shared."""
    yield "#!/bin/bash"
    yield "set -euo pipefail"
    yield "# shellcheck source=/dev/null"
    yield 'source "$RUNTIME_DIRECTORY/told"'
    yield f"exec docker run --rm --init --name {start.unit} --security-opt no-new-privileges \\"
    if start.port is not None:
        yield f"  --publish {start.port}:{start.port} --env PORT={start.port} \\"
    for variable, value in sorted(start.environment.items()):
        yield f"  --env {shlex.quote(f'{variable}={value}')} \\"
    for variable, _ in start.told:
        yield f"  --env {variable} \\"
    yield f"  --env AWS_REGION={start.region} --env AWS_DEFAULT_REGION={start.region} \\"
    # A service waits for nobody who reads its logs (Docker documentation, "Delivery mode of log messages").
    yield "  --log-driver awslogs --log-opt mode=non-blocking --log-opt max-buffer-size=4m \\"
    yield f"  --log-opt awslogs-region={start.region} --log-opt awslogs-group={shlex.quote(start.group)} \\"
    yield '  --log-opt awslogs-stream="$(< "$RUNTIME_DIRECTORY/instance")" \\'
    yield f"  {' '.join(map(shlex.quote, (image, *start.command)))}"


def _unit(start: Start) -> Iterator[str]:
    """Started for ever anew: what it needs may come later than it does."""
    yield "[Unit]"
    yield f"Description=The service {start.service}"
    yield "After=docker.service network-online.target"
    yield "Requires=docker.service"
    yield "Wants=network-online.target"
    yield "StartLimitIntervalSec=0"
    yield ""
    yield "[Service]"
    yield "Type=exec"
    yield f"RuntimeDirectory={start.unit}"
    yield "RuntimeDirectoryMode=0700"
    yield f"ExecStartPre={_HOME}/prepare"
    yield f"ExecStart={_HOME}/run"
    yield f"ExecStop=/usr/bin/docker stop --time {start.stop_seconds} {start.unit}"
    yield "Restart=always"
    yield "RestartSec=5"
    yield "TimeoutStartSec=600"
    yield f"TimeoutStopSec={start.stop_seconds + _GRACE_SECONDS}"
    yield ""
    yield "[Install]"
    yield "WantedBy=multi-user.target"


def _agents(start: Start) -> Iterator[str]:
    """Sessions without an open port, and the record of this very script."""
    collected = {
        "file_path": "/var/log/cloud-init-output.log",
        "log_group_name": start.group,
        "log_stream_name": "{instance_id}/first-start",
        "retention_in_days": -1,  # that of the group
    }
    config = {"logs": {"logs_collected": {"files": {"collect_list": [collected]}}}}
    home = "/opt/aws/amazon-cloudwatch-agent"
    yield "systemctl enable --now amazon-ssm-agent.service"
    yield from _file(f"{home}/etc/plinth.json", iter([json.dumps(config, indent=2)]))
    yield f"{home}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:{home}/etc/plinth.json"


def _until_ready(start: Start) -> Iterator[str]:
    """Until it answers or, where nothing can be asked, until it stays up: who falls over for ever is active in between."""
    unit = f"{start.unit}.service"
    asked = f"http://127.0.0.1:{start.port}{start.health}" if start.port is not None and start.health else ""
    well = f"curl --fail --silent --max-time 5 --output /dev/null {shlex.quote(asked)}" if asked else "stays_up"
    if not asked:
        yield f"restarts() {{ systemctl show --property=NRestarts --value {unit}; }}"
        yield "stays_up() {"
        yield "  local before"
        yield "  before=$(restarts)"
        yield f"  sleep {_STEADY_SECONDS}"
        yield f'  [[ "$(restarts)" == "$before" ]] && systemctl is-active --quiet {unit}'
        yield "}"
    yield f"for _ in {{1..{_ATTEMPTS}}}; do"
    yield f"  if systemctl is-active --quiet {unit} && {well}; then"
    yield "    result=CONTINUE"
    yield "    break"
    yield "  fi"
    yield f"  sleep {_PAUSE_SECONDS}"
    yield "done"
    yield '[[ "$result" == CONTINUE ]]'
