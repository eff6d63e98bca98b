"""Changes planted into a copy of the program, for the tests that find them again: offline and by the genuine engine."""

from pathlib import Path

from tests.harness import replace_in

RENAMED = ("discovery-namespace", "discovery-names")


def plant_rename(folder: Path) -> None:
    """Another logical name, without an alias: the old resource goes, a new one comes."""
    replace_in(folder / "components/networking/discovery.py", r'^(            f"\{name\})-namespace",', r'\1-names",')


def plant_tag(folder: Path) -> None:
    """Another value of one tag on one resource: an update."""
    replace_in(folder / "components/networking/flow_logs.py", r'ctx\.tagged\(f"\{name\}-all"\)', 'ctx.tagged("everything")')


def plant_cidr(folder: Path) -> None:
    """Another address range of the whole network: its VPC is replaced, and whatever cannot leave a VPC."""
    replace_in(folder / "Pulumi.dev.yaml", "cidr: 10.2.0.0/16", "cidr: 10.6.0.0/16")


def plant_owner(folder: Path) -> None:
    """Another owner: one default tag of everything."""
    replace_in(folder / "Pulumi.dev.yaml", "owner: platform-team", "owner: network-team")


def plant_retention(folder: Path) -> None:
    """Flow logs are kept longer: an update."""
    replace_in(folder / "Pulumi.dev.yaml", "retentionDays: 7", "retentionDays: 14")
