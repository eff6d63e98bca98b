"""The script of a machine, executed: with stand-ins for what it installs, below a folder instead of the root."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.compute.user_data import user_data
from tests.compute.machines import ARNS, IMAGE, start

pytestmark = pytest.mark.slow

PLANTED = {"username": "websocket", "password": 'planted-it\'s "$(id)"\nin two lines'}
HOST = "planted-host.example"
STAND_INS = {
    "dnf": "exit 0",
    "systemctl": "exit 0",
    "docker": 'case "$1" in run) env > "$ROOT/seen" ;; login) cat > /dev/null ;; esac',
    "aws": """case "$1 $2" in
  "secretsmanager get-secret-value") cat "$ROOT/secret" ;;
  "ssm get-parameter") echo planted-host.example ;;
  "ecr get-login-password") echo planted-token ;;
esac""",
    "curl": 'if [[ "$*" == *instance-id* ]]; then echo i-0123456789abcdef0; fi',
}


class Machine:
    """A folder that stands for the root of a machine, and what was called on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run_directory = root / "run" / "plinth-websocket"
        for folder in ("etc/systemd/system", "opt/aws/amazon-cloudwatch-agent/etc", "opt/aws/amazon-cloudwatch-agent/bin"):
            (root / folder).mkdir(parents=True)
        self.run_directory.mkdir(parents=True)
        (root / "usr" / "bin").mkdir(parents=True)
        for name, body in STAND_INS.items():
            self.stand_in(f"usr/bin/{name}", body)
        self.stand_in("opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl", "exit 0")
        (root / "secret").write_text(json.dumps(PLANTED))

    def stand_in(self, path: str, body: str) -> None:
        file = self.root / path
        file.write_text(f'#!/bin/bash\necho "{file.name} $*" >> "$ROOT/calls"\n{body}\n')
        file.chmod(0o755)

    def placed(self, script: str) -> str:
        """The same script, with its files below the folder."""
        for top in ("/etc/systemd/", "/opt/", "/usr/bin/docker"):
            script = script.replace(top, f"{self.root}{top}")
        return script

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.root}/usr/bin:{os.environ['PATH']}",
            "ROOT": str(self.root),
            "RUNTIME_DIRECTORY": str(self.run_directory),
        }
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    @property
    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def needed(tool: str) -> str:
    """Where a tool is; the test is skipped, and says so, on a computer without it."""
    found = shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return found or pytest.skip(f"{tool} is not installed here")


def started(machine: Machine) -> Machine:
    """The machine after its first start."""
    needed("jq")
    script = machine.root / "user-data"
    script.write_text(machine.placed(user_data(start(), IMAGE, ARNS)))
    done = machine.execute("bash", str(script))
    assert done.returncode == 0, done.stderr
    return machine


def scripts(machine: Machine) -> Iterator[Path]:
    yield machine.root / "user-data"
    yield from (machine.root / "opt" / "plinth" / name for name in ("instance-id", "prepare", "run"))


def test_the_script_and_every_script_that_it_leaves_pass_shellcheck(machine: Machine) -> None:
    shellcheck = needed("shellcheck")
    for script in scripts(started(machine)):
        done = subprocess.run([shellcheck, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_systemd_accepts_the_unit_that_the_script_leaves(machine: Machine) -> None:
    analyze = needed("systemd-analyze")
    unit = started(machine).root / "etc" / "systemd" / "system" / "plinth-websocket.service"
    docker = unit.with_name("docker.service")
    docker.write_text(f"[Service]\nExecStart={machine.root}/usr/bin/docker\n")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "plinth-websocket" not in done.stderr
    unit.write_text(unit.read_text().replace("Restart=always", "Restart=for-ever"))
    wrong = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert "restart" in wrong.stderr


def test_the_first_start_ends_by_saying_that_the_machine_is_ready(machine: Machine) -> None:
    calls = started(machine).calls
    assert calls[0].startswith("dnf install --assumeyes")
    order = ["systemctl daemon-reload", "systemctl enable --now docker.service", "systemctl enable plinth-websocket.service"]
    assert [call for call in calls if call in order] == order
    (told,) = [call for call in calls if "complete-lifecycle-action" in call]
    assert told == calls[-1]
    assert told.endswith("--instance-id i-0123456789abcdef0 --lifecycle-action-result CONTINUE")


@pytest.mark.parametrize("broken", ["dnf", "systemctl"])
def test_whatever_fails_gives_the_machine_back(machine: Machine, broken: str) -> None:
    machine.stand_in(f"usr/bin/{broken}", "exit 1")
    script = machine.root / "user-data"
    script.write_text(machine.placed(user_data(start(), IMAGE, ARNS)))
    assert machine.execute("bash", str(script)).returncode != 0
    assert machine.calls[-1].endswith("--lifecycle-action-result ABANDON")


FALLS = 'if [[ "$1" == show ]]; then echo x >> "$ROOT/falls"; wc -l < "$ROOT/falls"; fi'
STANDS = 'if [[ "$1" == show ]]; then echo 3; fi'
ENDS = STANDS + '; if [[ "$1" == is-active ]]; then echo x >> "$ROOT/asked"; [[ $(wc -l < "$ROOT/asked") != 2 ]]; fi'


@pytest.mark.parametrize(
    ("systemctl", "result", "looks"),
    [
        pytest.param(STANDS, "CONTINUE", 1, id="it fell over three times before, and not since"),
        pytest.param(FALLS, "ABANDON", 120, id="it falls over again and again, and is active whenever one looks"),
        pytest.param(ENDS, "CONTINUE", 2, id="it ended while one waited, and stands the next time"),
    ],
)
def test_a_service_that_nobody_can_ask_is_ready_once_it_has_not_fallen_over_for_a_while(
    machine: Machine, systemctl: str, result: str, looks: int
) -> None:
    machine.stand_in("usr/bin/systemctl", systemctl)
    machine.stand_in("usr/bin/sleep", "exit 0")
    script = machine.root / "user-data"
    script.write_text(machine.placed(user_data(start(port=None, health=""), IMAGE, ARNS)))
    assert (machine.execute("bash", str(script)).returncode == 0) is (result == "CONTINUE")
    calls = machine.calls
    assert calls[-1].endswith(f"--lifecycle-action-result {result}")
    steady = [call for call in calls if call.startswith("sleep ") and int(call.removeprefix("sleep ")) >= 30]
    assert len(steady) == looks
    asked = [at for at, call in enumerate(calls) if call.startswith("systemctl show")]
    assert len(asked) == 2 * looks
    assert calls[asked[-1] - 1] in steady, "it is asked again after the wait"


def test_each_start_hands_the_container_what_it_fetched_whatever_signs_are_in_it(machine: Machine) -> None:
    started(machine)
    prepared = machine.execute(str(machine.root / "opt" / "plinth" / "prepare"))
    assert prepared.returncode == 0, prepared.stderr
    kept = machine.run_directory / "told"
    assert kept.stat().st_mode & 0o077 == 0
    assert machine.execute(str(machine.root / "opt" / "plinth" / "run")).returncode == 0
    seen = (machine.root / "seen").read_text()
    assert f"POSTGRES_PASSWORD={PLANTED['password']}\n" in seen
    assert "POSTGRES_USER=websocket\n" in seen
    assert f"POSTGRES_HOST={HOST}\n" in seen
    assert "planted" not in "\n".join(machine.calls), "a secret in a command line can be read by everybody on the machine"
    (ran,) = [call for call in machine.calls if call.startswith("docker run")]
    assert "awslogs-stream=i-0123456789abcdef0" in ran


def test_a_secret_without_the_field_keeps_the_service_from_starting(machine: Machine) -> None:
    started(machine)
    (machine.root / "secret").write_text('{"username": "websocket"}')
    assert machine.execute(str(machine.root / "opt" / "plinth" / "prepare")).returncode != 0


def test_no_secret_is_left_on_disk(machine: Machine) -> None:
    started(machine)
    machine.execute(str(machine.root / "opt" / "plinth" / "prepare"))
    holding = {
        file.relative_to(machine.root).as_posix()
        for file in machine.root.rglob("*")
        if file.is_file() and "planted-it" in file.read_text()
    }
    assert holding == {"secret", "run/plinth-websocket/told"}
