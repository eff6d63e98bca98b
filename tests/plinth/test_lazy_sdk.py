"""The shortcut that imports only what is touched gives the same SDK as importing everything."""

import subprocess
import sys

from tests.harness import ROOT

LAZY = """
import sys, plinth.engine.lazy_sdk
from pulumi_aws import ec2
loaded = lambda name: f'pulumi_aws.{name}' in sys.modules
"""


def printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LAZY + program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_touching_a_class_imports_its_module_and_not_those_of_its_service() -> None:
    assert (
        printed("ec2.NatGateway, ec2.VpcArgs; print(loaded('ec2.nat_gateway'), loaded('ec2.vpc'), loaded('ec2.ami'))")
        == "True True False"
    )


def test_a_class_is_the_one_that_its_module_defines() -> None:
    program = (
        "cls = ec2.Vpc\nfrom pulumi_aws.ec2.vpc import Vpc\nfrom pulumi_aws.ec2 import Vpc as other\nprint(cls is Vpc is other)"
    )
    assert printed(program) == "True"


def test_every_other_name_is_found_as_ever() -> None:
    names = "'outputs', 'get_ami', 'NetworkAclEgressArgs', 'get_ami_output', 'NetworkAclEgressArgs', 'Vpc'"
    assert printed(f"print(*(getattr(ec2, name).__name__ for name in ({names})))").split() == [
        *("pulumi_aws.ec2.outputs", "get_ami", "NetworkAclEgressArgs"),
        *("get_ami_output", "NetworkAclEgressArgs", "Vpc"),
    ]


def test_a_name_that_is_nowhere_is_an_attribute_error() -> None:
    program = "try:\n    ec2.Nothing\nexcept AttributeError as error:\n    print(error)"
    assert printed(program) == "module 'pulumi_aws.ec2' has no attribute 'Nothing'"


def test_the_automation_api_is_loaded_when_it_is_used() -> None:
    program = "import pulumi\nprint('pulumi.automation._stack' in sys.modules)\nprint(pulumi.automation.LocalWorkspace.__name__)"
    assert printed(program) == "False\nLocalWorkspace"
