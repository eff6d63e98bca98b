"""Writes data/create_only.csv: what can only be changed by a new resource, for the AWS types that a platform is made of.

`python -m tools.create_only` asks the Terraform AWS provider anew, in the engine's folder (`$PLINTH_ENGINE`); that takes some
minutes. `make docs` keeps the provider's rows and makes only the others anew, so it needs no engine.

Three sources, the better one first; a later one is asked only what the earlier ones cannot tell:

1. the provider itself, by a plan for each property (`tools/provider_facts.py`): it is what decides in a deployment;
2. `createOnlyProperties` of the CloudFormation schemas in cfn-lint, where the type and the property have the same names;
3. what the SDK writes about its arguments: "forces a new resource". It is silent about most, which tells nothing.
"""

import csv
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from keyword import iskeyword
from pathlib import Path
from typing import Any

from plinth.changes.facts import TABLE
from plinth.changes.paths import covers, parsed

PROVIDER = "terraform-provider-aws 5.100.0 2026-11"
"""The version that the engine's folder builds, and when it was asked."""
SERVICES = Path(__file__).with_name("create_only_services.txt")
"""The services that a platform is made of, as the SDK calls them."""
COLUMNS = ("type", "source", "create_only", "kept", "unordered", "told_apart", "unasked")
_OUR_OWN = ("region", "tags", "tagsAll", "timeouts")
"""Properties that are judged apart from the table, or that are none of the resource."""
_TYPES: Mapping[str, str] = {
    "AWS::ElastiCache::CacheCluster": "ElastiCacheCluster",
    "AWS::KinesisFirehose::DeliveryStream": "KinesisFirehoseDeliveryStream",
    "AWS::OpenSearchServerless::SecurityPolicy": "OpenSearchServerlessSecurityPolicy",
}
"""Types that CloudFormation calls otherwise than Pulumi does, where the provider cannot be asked."""
_BY_HAND: Mapping[str, tuple[str, ...]] = {"aws:dynamodb/table:Table": ("hashKey", "rangeKey")}
"""Properties that no source can be asked: here every plan with another key must declare it as an attribute at the same time.

Source: `hash_key` and `range_key`, "Forces new resource", documentation of aws_dynamodb_table, Terraform AWS provider 5.100.
"""
_MODULES: Mapping[str, str] = {
    "APS": "amp",
    "AmazonMQ": "mq",
    "ApplicationAutoScaling": "appautoscaling",
    "CE": "costexplorer",
    "CertificateManager": "acm",
    "Config": "cfg",
    "ElasticLoadBalancing": "elb",
    "ElasticLoadBalancingV2": "lb",
    "Events": "cloudwatch",
    "KafkaConnect": "mskconnect",
    "KinesisFirehose": "kinesis",
    "Logs": "cloudwatch",
    "OpenSearchService": "opensearch",
    "SES": "sesv2",
    "SSO": "ssoadmin",
    "StepFunctions": "sfn",
}
"""Services that CloudFormation calls otherwise than Pulumi does; all others are called the same."""
_DOCUMENTED = "documentation of the provider"
_RANDOM = tuple(
    f"random:index/random{name}:Random{name}"
    for name in ("Bytes", "Id", "Integer", "Password", "Pet", "Shuffle", "String", "Uuid")
)
"""Types that are made once: whatever changes makes a new one. Source: "Resources", documentation of terraform-provider-random."""
_ARGS = re.compile(r"^class (\w+)Args:\n(.*?)(?=^@pulumi|^class |\Z)", re.MULTILINE | re.DOTALL)
_GETTER = re.compile(r'@pulumi\.getter(?:\(name="(\w+)"\))?\n(?:    @.*\n)*    def (\w+)\(self\)')
_PARAMETER = re.compile(r"^ +:param pulumi\.Input\[.*?\] (\w+): (.*?)(?=^ +:param|^ +\"\"\")", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(r"super\((\w+), __self__\).__init__\(\s*'(aws:[^']+)'")
_FORCES = re.compile(
    r"forces? (a )?(new resource|replacement|(the )?re-?creation)|(changing|modifying) (this|the|it|any|`\w+`)[^.]{0,60}?"
    r"(forces?|creates?|creating|re-?creates?)[^.]{0,30}?(new|replacement|re-?creat|resource)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one source says of one type. `unasked` are the properties that it cannot tell anything of."""

    type: str
    source: str
    create_only: Iterable[str]
    kept: Iterable[str] = ()
    unordered: Iterable[str] = ()
    told_apart: Iterable[str] = ()
    unasked: Iterable[str] = ()

    def cells(self) -> list[str]:
        """The cells of its line."""
        lists = (self.create_only, self.kept, self.unordered, self.told_apart, self.unasked)
        return [self.type, self.source, *(" ".join(sorted(paths)) for paths in lists)]


def page() -> str:
    """data/create_only.csv, with the provider's rows as they are there."""
    return written(committed())


def committed() -> list[Row]:
    """The provider's rows as they are in the table."""
    with TABLE.open(newline="") as lines:
        read = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return [_row(cells) for cells in read if cells["source"] == PROVIDER]


def _row(cells: Mapping[str, str]) -> Row:
    create_only, kept, unordered, told_apart, unasked = (cells[column].split() for column in COLUMNS[2:])
    return Row(
        type=cells["type"],
        source=cells["source"],
        create_only=create_only,
        kept=kept,
        unordered=unordered,
        told_apart=told_apart,
        unasked=unasked,
    )


def written(measured: Iterable[Row]) -> str:
    """The whole table, given the provider's rows."""
    provider = {row.type: row for row in measured}
    rows = [Row(type=token, source=_DOCUMENTED, create_only=["*"], told_apart=["*"]) for token in _RANDOM]
    for token, texts in sorted(arguments().items()):
        own = provider.get(token)
        questions = set(own.unasked) if own else {name for name in texts if name not in _OUR_OWN}
        rows += [*([own] if own else []), *_others(token, questions, texts)]
    out = io.StringIO()
    out.write(_head(rows))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in sorted(rows, key=lambda row: (row.type, row.source != PROVIDER, row.source)))
    return out.getvalue()


def _head(rows: Iterable[Row]) -> str:
    types = Counter(row.source for row in rows)
    said = ", ".join(f"{count} by {source}" for source, count in sorted(types.items()))
    agreed = Counter(same for row in rows if row.source == PROVIDER for same in _agreement(row))
    return (
        f"# Generated by `make docs`, the provider's rows by `python -m tools.create_only`. Types: {said}.\n"
        f"# Of the properties that both speak of, CloudFormation and the provider agree on {agreed[True]} and differ on "
        f"{agreed[False]}, where the provider counts.\n"
    )


def _agreement(own: Row) -> Iterator[bool]:
    """For each property that both speak of, whether CloudFormation says what the provider says."""
    schema = _schema(own.type)
    for name in arguments()[own.type]:
        if name not in (*own.unasked, *_OUR_OWN) and _alike(name) in schema:
            yield (name in own.create_only) == schema[_alike(name)]


def _schema(token: str) -> Mapping[str, bool]:
    return cloudformation().get(_alike(token.split(":")[1].split("/")[0] + token.rsplit(":", 1)[-1]), {})


def _others(token: str, questions: Set[str], texts: Mapping[str, str]) -> Iterator[Row]:
    """What the other sources say of the properties that are still open. `texts` is what the SDK writes about each."""
    schema, left = _schema(token), set(questions)
    if known := left & set(_BY_HAND.get(token, ())):
        left -= known
        yield Row(type=token, source=_DOCUMENTED, create_only=known, unasked=left)
    if answers := {name: schema[_alike(name)] for name in left if _alike(name) in schema}:
        left -= answers.keys()
        forcing = [name for name, create_only in answers.items() if create_only]
        yield Row(type=token, source=f"cfn-lint {version('cfn-lint')}", create_only=forcing, unasked=left)
    if told := {name for name in left if _FORCES.search(texts[name])}:
        yield Row(type=token, source=f"pulumi-aws {version('pulumi-aws')}", create_only=told, unasked=left - told)


def _in(paths: Iterable[str], name: str) -> bool:
    return any(covers((name,), parsed(path)) for path in paths)


@cache
def arguments() -> Mapping[str, Mapping[str, str]]:
    """Every type of the services above: its arguments, each with what the SDK writes about it."""
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws")
    found: dict[str, Mapping[str, str]] = {}
    for service in SERVICES.read_text().split():
        module = f"{service}_" if iskeyword(service) else service
        for file in (Path(spec.origin).parent / module).glob("*.py"):
            if not file.name.startswith("_") and file.name != "outputs.py":
                found.update(_of_file(file.read_text()))
    return found


def _of_file(source: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    bodies = dict(_ARGS.findall(source))
    for name, token in _TOKEN.findall(source):
        body: str = bodies.get(name, "")
        texts = dict(_PARAMETER.findall(body))
        yield token, {wire or python: texts.get(python, "") for wire, python in _GETTER.findall(body)}


@cache
def cloudformation() -> Mapping[str, Mapping[str, bool]]:
    """CloudFormation's types, by their names brought into one form: whether each property is create-only.

    A property is found by its own name and without that of its type: `StateMachineName` as `name`.
    """
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfnlint")
    schemas = Path(spec.origin).parent / "data" / "schemas"
    types: dict[str, str] = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    found: dict[str, Mapping[str, bool]] = {}
    for token, file in types.items():
        _, service, name = [*token.split("::"), ""][:3]
        schema: dict[str, Any] = json.loads((schemas / "resources" / f"{file}.json").read_text())
        forcing, computed = (_named(schema.get(f"{kind}Properties", [])) for kind in ("createOnly", "readOnly"))
        settable = [one for one in schema.get("properties", {}) if one not in computed]
        found[_alike(_TYPES.get(token, _MODULES.get(service, service) + name))] = {
            _alike(one.removeprefix(prefix)): one in forcing for prefix in (name, "") for one in settable
        }
    return found


def _named(pointers: Iterable[str]) -> set[str]:
    """The properties at the beginning of `/properties/SubnetId`."""
    return {pointer.split("/")[2] for pointer in pointers}


def _alike(name: str) -> str:
    """A name without case and plural, so that `SubnetIds` and `subnetIds` are one."""
    return name.lower().rstrip("s")


def measured(engine: Path, tokens: Iterable[str]) -> list[Row]:
    """What the provider in the engine's folder says of these types. Raises CalledProcessError where it does not run."""
    home = Path(subprocess.run([engine / "setup"], capture_output=True, text=True, check=True).stdout.strip())
    asked = [home / "venv" / "bin" / "python", Path(__file__).with_name("provider_facts.py"), home / "src"]
    said = subprocess.run(asked, input="\n".join(tokens), stdout=subprocess.PIPE, text=True, check=True).stdout
    return [_measured_row(token, facts) for token, facts in json.loads(said).items()]


def _measured_row(token: str, facts: Mapping[str, list[str]]) -> Row:
    own = {name for name in arguments()[token] if name not in _OUR_OWN}
    return Row(
        type=token,
        source=PROVIDER,
        create_only=_short(facts["create_only"], facts["tried"]),
        kept=facts["kept"],
        unordered=facts["unordered"],
        told_apart=facts["told_apart"],
        unasked=[name for name in own if not _in(facts["tried"], name)],
    )


def _short(create_only: Iterable[str], tried: Iterable[str]) -> set[str]:
    """The paths with whole blocks in place of their properties, where every one of these is create-only."""
    found = set(create_only)
    rest = [parsed(path) for path in tried if path not in found]
    for path in sorted(found, key=len):
        steps = path.split(".")
        blocks = (".".join(steps[: index + 1]).removesuffix("[*]") for index in range(len(steps) - 1))
        whole = next((block for block in blocks if not any(covers(parsed(block), other) for other in rest)), None)
        if whole:
            found -= {path}
            found |= {whole}
    return found


def main() -> None:
    """The command."""
    engine = os.environ.get("PLINTH_ENGINE")
    if not engine:
        sys.exit("PLINTH_ENGINE names no folder with the Pulumi engine")
    TABLE.write_text(written(measured(Path(engine), sorted(arguments()))))


if __name__ == "__main__":
    main()
