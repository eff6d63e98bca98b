"""What a service on machines must have, and what it must not."""

import re
from pathlib import Path

import pytest

from stack.config.loader import load_all
from tests.config.stack_files import refusals
from tests.harness import linked_copy, replace_in

AT = 'plinth:services["bot-runner"]'


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    return linked_copy(tmp_path) / "Pulumi.dev.yaml"


def runner(dev: Path, pattern: str, replacement: str) -> tuple[str, ...]:
    """What is said once the entry of the bot runner is changed."""
    replace_in(dev, rf"(    bot-runner:\n(?:      .*\n)*?)      {pattern}\n", rf"\1{replacement}")
    return tuple(refusals(dev.parent))


@pytest.mark.parametrize(
    ("pattern", "replacement", "fault"),
    [
        (r"machine: .*", "", f"{AT}.machine: is not given, and a service on ec2 needs it; a value for machine"),
        (r"image: .*", "", f"{AT}.image: is not given, and a service on ec2 needs it; a value for image"),
        (
            r"alwaysOn: true",
            "      alwaysOn: true\n      spot: true\n",
            f"{AT}.spot: is given, but it runs on ec2; on ecs alone",
        ),
        (
            r"scaling: .*",
            "      scaling: {least: 2, most: 1}\n",
            f"{AT}.scaling.most: 1 is less than the least number, 2; at least 2",
        ),
        (
            r"scaling: .*",
            "      scaling: {least: 0, most: 0}\n",
            f"{AT}.scaling.most: 0, and no machine could ever start; at least 1",
        ),
        (
            r"scaling: .*",
            "      scaling: {least: 1, most: 2, memoryPercent: 50}\n",
            f"{AT}.scaling.memoryPercent: is given, but it runs on ec2; on ecs alone",
        ),
        (
            r"scaling: .*",
            "      scaling: {least: 1, most: 2, requestsPerTarget: 50}\n",
            f"{AT}.scaling.requestsPerTarget: no load balancer counts its requests; a route, by TLS where it speaks gRPC",
        ),
        (
            r"scaling: .*",
            "      scaling: {least: 1, most: 2, steps: true}\n",
            f"{AT}.scaling.steps: goes by the CPU; with cpuPercent",
        ),
        (
            r"scaling: .*",
            '      scaling: {least: 1, most: 2, peaks: [{at: "0 7 * * *", least: 2, most: 1}]}\n',
            f"{AT}.scaling.peaks[0].most: 1 is less than the least number, 2; at least 2",
        ),
        (
            r"reachesInternet: true",
            "",
            f"{AT}.reachesInternet: false, and a machine says to Auto Scaling that it is ready; true: services of AWS that have "
            "no endpoint are reached that way",
        ),
    ],
)
def test_what_a_service_on_machines_lacks_or_has_too_much_is_said(dev: Path, pattern: str, replacement: str, fault: str) -> None:
    assert runner(dev, pattern, replacement) == (fault,)


@pytest.mark.parametrize("kind", ["t4g.micro", "m6gd.large", "c7gn.xlarge", "is4gen.medium", "g5g.xlarge", "a1.large"])
def test_a_type_that_the_image_does_not_run_on_is_refused(dev: Path, kind: str) -> None:
    machine = f"      machine: {{types: [t3.micro, {kind}], spotPercent: 0, diskGb: 20}}\n"
    assert runner(dev, r"machine: .*", machine) == (
        f"{AT}.machine.types[1]: {kind} is of arm64, and plinth:machines.imageParameter of x86_64; a type of x86_64",
    )


def test_an_image_of_the_other_kind_takes_the_other_types(dev: Path) -> None:
    replace_in(dev, r"(imageParameter: .*)x86_64", r"\1arm64")
    said = refusals(dev.parent)
    assert f"{AT}.machine.types[0]: t3.micro is of x86_64, and plinth:machines.imageParameter of arm64; a type of arm64" in said
    dev.write_text(re.sub(r"types: \[.*?\]", "types: [t4g.micro, c7gn.large]", dev.read_text()))
    load_all(dev.parent, ["dev"])


@pytest.mark.parametrize("kind", ["g4dn.xlarge", "g5.xlarge", "x2iedn.large", "m7i-flex.large", "gr6.large"])
def test_types_of_the_kind_of_the_image_pass(dev: Path, kind: str) -> None:
    replace_in(dev, r"(    bot-runner:\n(?:      .*\n)*?      machine: \{types: \[)[^]]*", rf"\g<1>{kind}")
    load_all(dev.parent, ["dev"])


def test_a_machine_is_for_a_service_on_machines(dev: Path) -> None:
    replace_in(
        dev, r"(    resize:\n      runsOn: lambda\n)", r"\1      machine: {types: [t3.micro], spotPercent: 0, diskGb: 20}\n"
    )
    assert refusals(dev.parent) == ["plinth:services.resize.machine: is given, but it runs on lambda; nothing"]


def test_two_peaks_at_the_same_time_are_refused(dev: Path) -> None:
    peaks = 'peaks: [{at: "0 7 * * *", least: 1, most: 1}, {at: "0 7 * * *", least: 1, most: 1}]'
    assert runner(dev, r"scaling: .*", f"      scaling: {{least: 1, most: 1, {peaks}}}\n") == (
        f"{AT}.scaling.peaks[1].at: 0 7 * * * is given twice; each time once",
    )


@pytest.mark.parametrize("key", ["ssh-dss AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_what_is_no_public_key_is_refused(dev: Path, key: str) -> None:
    replace_in(dev, r'sshPublicKey: ""', f'sshPublicKey: "{key}"')
    (fault,) = refusals(dev.parent)
    assert fault.startswith("plinth:machines.sshPublicKey: ")
