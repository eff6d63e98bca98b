"""The recorder, on small programs: what it keeps, what it refuses, what it invents."""

import threading
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from plinth.engine.graph import Graph, Origin
from plinth.engine.monitor import Mode, RecordingError
from plinth.engine.recording import record, run
from plinth.engine.values import SECRET, UNKNOWN
from tests.harness import ROOT, named, project_copy, replace_in


def graph_of(program: object, mode: Mode = "values", *, preview: bool = True) -> Graph:
    assert callable(program)
    return run(program, project="plinth", stack="test", folder=ROOT, mode=mode, preview=preview)


def vpc_and_subnet() -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24", opts=pulumi.ResourceOptions(ignore_changes=["tags"]))
    pulumi.export("text", pulumi.Output.concat("the VPC is ", vpc.arn))


def test_a_urn_holds_the_types_of_all_ancestors_and_not_that_of_the_stack() -> None:
    def program() -> None:
        outer = pulumi.ComponentResource("x:y:Outer", "outer")
        inner = pulumi.ComponentResource("x:y:Inner", "inner", None, pulumi.ResourceOptions(parent=outer))
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=inner))

    assert list(graph_of(program).resources) == [
        "urn:pulumi:test::plinth::x:y:Outer::outer",
        "urn:pulumi:test::plinth::x:y:Outer$x:y:Inner::inner",
        "urn:pulumi:test::plinth::x:y:Outer$x:y:Inner$aws:ec2/vpc:Vpc::vpc",
    ]


def test_a_resource_registered_twice_is_refused_with_both_places() -> None:
    def program() -> None:
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16")

    with pytest.raises(RecordingError, match=r"one URN: urn:.*::vpc, registered at .*test_recording.py:\d+ and at .*:\d+"):
        graph_of(program)


def test_a_look_up_is_refused() -> None:
    with pytest.raises(RecordingError, match="looks up aws:index/getCallerIdentity:getCallerIdentity while building"):
        graph_of(lambda: aws.get_caller_identity())


def test_reading_an_existing_resource_is_refused() -> None:
    with pytest.raises(RecordingError, match="reads aws:ec2/vpc:Vpc vpc-1 while building"):
        graph_of(lambda: aws.ec2.Vpc.get("vpc", "vpc-1"))


def test_transforms_are_refused_since_only_the_engine_could_run_them() -> None:
    def unchanged(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult(args.props, args.opts)

    def one_resource() -> None:
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(transforms=[unchanged]))

    with pytest.raises(RecordingError, match=r"::vpc has a transform, which does not run offline: .*test_recording\.py:\d+"):
        graph_of(one_resource)
    with pytest.raises(RecordingError, match="registers a transform of the stack"):
        graph_of(lambda: pulumi.runtime.register_resource_transform(unchanged))


def test_what_a_program_raises_comes_out_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        graph_of(lambda: 1 // 0)


def test_an_output_that_nobody_waits_for_is_waited_for_and_raises_what_went_wrong() -> None:
    seen: list[int] = []

    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        for number in range(20):
            vpc.id.apply(lambda _, number=number: seen.append(number) or (1 // (number - 7)))

    with pytest.raises(ZeroDivisionError):
        graph_of(program)
    assert sorted(seen) == list(range(20))


def test_references_dependencies_options_and_source_lines_are_kept() -> None:
    graph = graph_of(vpc_and_subnet)
    vpc, subnet = named(graph, "vpc"), named(graph, "subnet")
    assert subnet.inputs["vpcId"] == vpc.outputs["id"]
    assert subnet.dependencies == (vpc.urn,)
    assert subnet.property_dependencies["vpcId"] == (vpc.urn,)
    assert subnet.options.ignore_changes == ("tags",)
    line = vpc_and_subnet.__code__.co_firstlineno + 1
    assert vpc.source[0] == f"tests/plinth/test_recording.py:{line}"
    assert graph.dependents[vpc.urn] == (subnet,)


def test_every_declared_output_is_invented_and_leads_back_to_its_resource() -> None:
    graph = graph_of(vpc_and_subnet)
    vpc = named(graph, "vpc")
    assert vpc.outputs["id"].startswith("vpc-0f1c")
    assert vpc.outputs["arn"].startswith("arn:aws:ec2:us-east-1:000000000000:vpc/")
    assert graph.origins(graph.outputs["text"]) == (Origin(vpc.urn, "arn"),)
    assert not graph.is_known(graph.outputs["text"])
    assert graph.is_known(vpc.inputs)
    assert "None" not in str(graph.outputs)


def test_what_is_invented_is_the_same_in_every_run() -> None:
    assert graph_of(vpc_and_subnet) == graph_of(vpc_and_subnet)


def test_a_recording_starts_no_thread_and_so_has_one_order() -> None:
    running: set[threading.Thread] = set()

    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        vpc.id.apply(lambda _: running.update(threading.enumerate()))

    before = set(threading.enumerate())
    graph_of(program)
    assert running
    assert running <= before
    assert list(graph_of(vpc_and_subnet).resources) == list(graph_of(vpc_and_subnet).resources)


def test_nested_outputs_are_invented_down_to_the_last_text() -> None:
    def program() -> None:
        certificate = aws.acm.Certificate("cert", domain_name="example.org", validation_method="DNS")
        option = certificate.domain_validation_options[0]
        pulumi.export("record", pulumi.Output.concat(option.resource_record_name, " ", option.resource_record_value))

    graph = graph_of(program)
    assert [origin.property for origin in graph.origins(graph.outputs["record"])] == [
        "domainValidationOptions[0].resourceRecordName",
        "domainValidationOptions[0].resourceRecordValue",
    ]


def test_a_certificate_is_asked_for_a_record_for_each_of_its_names() -> None:
    def program() -> None:
        names = ["example.org", "www.example.org"]
        certificate = aws.acm.Certificate("cert", domain_name=names[0], subject_alternative_names=names, validation_method="DNS")
        imported = aws.acm.Certificate("imported", certificate_body="-", private_key="-")
        pulumi.export("asked", certificate.domain_validation_options)
        pulumi.export("other", imported.domain_validation_options)

    outputs = graph_of(program).outputs
    assert [option["domainName"] for option in outputs["asked"]] == ["example.org", "www.example.org"]
    assert len({option["resourceRecordValue"] for option in outputs["asked"]}) == 2
    assert len(outputs["other"]) == 1


def test_a_number_that_is_invented_is_known_again_inside_a_text() -> None:
    def program() -> None:
        database = aws.rds.Instance("db", instance_class="db.t3.micro", engine="postgres", skip_final_snapshot=True)
        pulumi.export("url", database.port.apply(lambda port: f"localhost:{port}"))

    graph = graph_of(program)
    assert [origin.property for origin in graph.origins(graph.outputs["url"])] == ["port"]


def test_without_invention_what_depends_on_the_cloud_is_unknown() -> None:
    graph = graph_of(vpc_and_subnet, "unknowns")
    assert named(graph, "subnet").inputs["vpcId"] == UNKNOWN
    assert graph.outputs["text"] == UNKNOWN
    assert graph.invented == {}


def test_the_two_ways_of_recording_agree_on_what_is_known() -> None:
    values, unknowns = graph_of(vpc_and_subnet), graph_of(vpc_and_subnet, "unknowns")
    for urn, resource in unknowns.resources.items():
        assert values.with_unknowns(values.resources[urn].inputs) == resource.inputs


def test_a_secret_is_hidden_in_inputs_outputs_and_the_text_of_the_graph() -> None:
    def program() -> None:
        secret = pulumi.Output.secret("hunter2")
        parameter = aws.ssm.Parameter("p", type="SecureString", value=secret)
        pulumi.export("copy", pulumi.Output.concat("x", parameter.value))

    graph = graph_of(program)
    assert named(graph, "p").inputs["value"] == SECRET
    assert graph.outputs["copy"] == SECRET
    assert "hunter2" not in graph.to_json()


@pytest.mark.parametrize("mode", ["values", "unknowns"])
def test_an_output_that_the_cloud_makes_secret_is_hidden_too(mode: Mode) -> None:
    def program() -> None:
        key = aws.iam.AccessKey("key", user="robot")
        pulumi.export("secret", pulumi.Output.concat("x", key.secret))
        pulumi.export("user", key.user)

    graph = graph_of(program, mode)
    assert graph.outputs == {"secret": SECRET, "user": "robot"}
    assert named(graph, "key").outputs["secret"] == SECRET


def test_an_alias_is_resolved_to_the_urn_it_stands_for() -> None:
    def program() -> None:
        aws.ec2.Vpc("new", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]))

    assert named(graph_of(program), "new").options.aliases == ("urn:pulumi:test::plinth::aws:ec2/vpc:Vpc::old",)


def test_what_replaces_a_resource_by_its_options_is_kept() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        options = pulumi.ResourceOptions(replacement_trigger=["v1", 2], replace_with=[vpc], deleted_with=vpc)
        aws.ec2.Subnet("subnet", vpc_id="vpc-1", cidr_block="10.0.1.0/24", opts=options)

    graph = graph_of(program)
    vpc, subnet = named(graph, "vpc"), named(graph, "subnet").options
    assert (subnet.replacement_trigger, subnet.replace_with, subnet.deleted_with) == (["v1", 2], (vpc.urn,), vpc.urn)
    assert (vpc.options.replacement_trigger, vpc.options.replace_with) == (None, ())
    assert Graph.from_json(graph.to_json()) == graph


def test_a_graph_survives_being_written_and_read() -> None:
    graph = graph_of(vpc_and_subnet)
    assert Graph.from_json(graph.to_json()) == graph


def test_preview_and_apply_register_the_same_and_a_resource_hidden_in_an_apply_shows() -> None:
    def hidden() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        vpc.id.apply(lambda vpc_id: aws.ec2.InternetGateway("hidden", vpc_id=vpc_id) and None)

    seen = graph_of(vpc_and_subnet, "unknowns").resources.keys()
    assert graph_of(vpc_and_subnet, preview=False).resources.keys() == seen
    assert len(graph_of(hidden, "unknowns").resources) == 1
    assert len(graph_of(hidden, preview=False).resources) == 2


def test_a_recording_leaves_its_process_as_it_was(tmp_path: Path) -> None:
    import os
    import sys

    (tmp_path / "Pulumi.yaml").write_text("name: other\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {other:size: 3}\n")
    (tmp_path / "__main__.py").write_text("import pulumi\npulumi.export('size', pulumi.Config().require_int('size'))\n")
    before = Path.cwd(), list(sys.path), dict(os.environ)
    assert record(tmp_path, "dev").outputs == {"size": 3}
    assert (Path.cwd(), list(sys.path), dict(os.environ)) == before


@pytest.mark.slow
def test_another_checkout_is_recorded_with_its_own_code(tmp_path: Path) -> None:
    from components.networking import network

    copy = project_copy(tmp_path)
    replace_in(
        copy / "components/networking/network.py",
        r'f"\{name\}-vpc",\n            cidr_block',
        'f"{name}-other",\n            cidr_block',
    )
    names = {resource.name for resource in record(copy, "dev").resources.values()}
    assert "network-other" in names
    assert "network-vpc" not in names
    from components.networking import network as after

    assert after is network
