"""The certificate of the public names, its copies, its records."""

import re
from dataclasses import replace
from typing import Any

import pytest

from components.core.context import Context
from components.core.offers import Signal
from components.networking.certificate import Certificate, CertificateArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

NAMES = ("example.org", "www.example.org", "api.example.org")


def args(**change: Any) -> CertificateArgs:
    return replace(CertificateArgs(domain=NAMES[0], alternatives=NAMES[1:], zone_id="Z1"), **change)


def issued(**change: Any) -> Graph:
    return recorded(lambda ctx: Certificate("certificate", args(**change), ctx))


@pytest.mark.requirement("EDG-06", part="names on the certificate, validation by DNS")
def test_one_certificate_has_every_name_and_is_validated_by_dns() -> None:
    graph = issued()
    assert [found.name for found in of_kind(graph, "Certificate") if found.custom] == ["certificate-home"]
    certificate = named(graph, "certificate-home")
    assert certificate.inputs["domainName"] == "example.org"
    assert certificate.inputs["subjectAlternativeNames"] == list(NAMES)
    assert certificate.inputs["validationMethod"] == "DNS"
    assert certificate.inputs["keyAlgorithm"] == "EC_prime256v1"
    assert certificate.inputs["options"] == {"certificateTransparencyLoggingPreference": "ENABLED"}
    assert certificate.inputs["region"] == "us-east-1"


@pytest.mark.requirement("EDG-06", part="validation records, keyed by name")
def test_each_name_has_the_record_that_acm_asks_for_it_wherever_that_stands_in_the_list() -> None:
    graph = issued(alternatives=NAMES[:0:-1])
    options = {option["domainName"]: option for option in named(graph, "certificate-home").outputs["domainValidationOptions"]}
    assert options.keys() == set(NAMES)
    for name, record in (("example.org", "record"), ("www.example.org", "record-www"), ("api.example.org", "record-api")):
        assert named(graph, f"certificate-{record}").inputs == {
            "zoneId": "Z1",
            "name": options[name]["resourceRecordName"],
            "type": "CNAME",
            "records": [options[name]["resourceRecordValue"]],
            "ttl": 300,
            "allowOverwrite": True,
        }


def test_records_are_there_before_acm_has_said_what_is_in_them() -> None:
    def program(ctx: Context) -> object:
        return Certificate("certificate", args(), ctx)

    names = [set(recorded(program, mode=mode).resources) for mode in ("values", "unknowns")]
    assert names[0] == names[1]


@pytest.mark.requirement("EDG-06", part="who uses the certificate waits until it is valid")
def test_what_is_offered_is_known_once_every_record_is_seen() -> None:
    graph = issued()
    validation = named(graph, "certificate-home-validation")
    records = [named(graph, f"certificate-{record}") for record in ("record", "record-www", "record-api")]
    assert validation.inputs["certificateArn"] == named(graph, "certificate-home").outputs["arn"]
    assert validation.inputs["validationRecordFqdns"] == [record.outputs["fqdn"] for record in records]
    outputs = graph.of_type(Certificate.TYPE)[0].outputs
    assert outputs["certificate_arn"] == validation.outputs["certificateArn"]
    assert graph.of_type(Certificate.TYPE)[0].outputs["certificate_arns"] == {"us-east-1": validation.outputs["certificateArn"]}


@pytest.mark.requirement("EDG-06", part="copies in other regions")
def test_a_copy_is_another_certificate_with_the_same_records() -> None:
    graph = issued(copies={"standby": "us-west-2", "edge": "eu-west-1"})
    alone = {record.name for record in of_kind(issued(), "Record")}
    assert {record.name for record in of_kind(graph, "Record")} == alone, "one token for each name in an account"
    for place, region in (("standby", "us-west-2"), ("edge", "eu-west-1")):
        copy, validation = named(graph, f"certificate-{place}"), named(graph, f"certificate-{place}-validation")
        assert (copy.inputs["region"], validation.inputs["region"]) == (region, region)
        assert copy.inputs["subjectAlternativeNames"] == list(NAMES)
        assert validation.inputs["certificateArn"] == copy.outputs["arn"]
        assert {named(graph, name).urn for name in alone} <= set(validation.dependencies)
        arns = graph.of_type(Certificate.TYPE)[0].outputs["certificate_arns"]
        assert arns[region] == validation.outputs["certificateArn"]


@pytest.mark.requirement("OBS-14", part="the signal of each certificate")
def test_each_certificate_has_an_alarm_thirty_days_before_its_end_where_it_lives() -> None:
    found: list[Signal] = []
    recorded(lambda ctx: found.extend(Certificate("certificate", args(copies={"standby": "us-west-2"}), ctx).signals))
    assert [(signal.namespace, signal.metric, signal.region) for signal in found] == [
        ("AWS/CertificateManager", "DaysToExpiry", ""),
        ("AWS/CertificateManager", "DaysToExpiry", "us-west-2"),
    ]
    assert {(signal.threshold, signal.over, signal.statistic, signal.period_seconds) for signal in found} == {
        (30, False, "Minimum", 86_400)
    }
    assert all(signal.dimensions.keys() == {"CertificateArn"} for signal in found)
    assert [signal.key for signal in found] == ["certificate-expiry-home", "certificate-expiry-standby"]


def test_a_copy_where_the_certificate_itself_is_would_be_a_second_one() -> None:
    with pytest.raises(ValueError, match=r"certificate: a copy in us-east-1, where the certificate itself is"):
        issued(copies={"edge": "us-east-1"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alternatives": ("*.example.org",)}, r"alternatives: '\*\.example\.org' is no domain name"),
        ({"alternatives": ("api.example.com",)}, r"alternatives: 'api\.example\.com' is not below example\.org"),
        ({"alternatives": ("www.example.org",) * 2}, r"alternatives: a name is given twice; each once"),
        ({"alternatives": tuple(f"n{n}.example.org" for n in range(10))}, r"alternatives: 11 names with the domain; at most 10"),
        ({"domain": f"{'a' * 60}.example.org", "alternatives": ()}, r"domain: 72 characters; at most 64 on a certificate"),
        ({"copies": {"Standby": "us-west-2"}}, r"copies: 'Standby' is no name"),
        ({"copies": {"edge": "us-west-2", "standby": "us-west-2"}}, r"copies: a region is given twice"),
    ],
)
def test_what_acm_would_refuse_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"CertificateArgs: ") as caught:
        args(**change)
    assert re.search(message, str(caught.value))
