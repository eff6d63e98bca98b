"""What components of compute refer to, as frozen stand-ins."""

from dataclasses import dataclass

from pulumi import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInCluster:
    """A cluster that exists already."""

    cluster_arn: Output[str]
    cluster_name: str
    turns_role_arn: Output[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInRegistry:
    """A private domain that exists already."""

    namespace_id: Output[str]
    namespace_arn: Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInRouted:
    """A load balancer that leads here already."""

    target_group_arn: Output[str]
    alternate_target_group_arn: Output[str] | None
    production_rule_arn: Output[str] | None
    test_rule_arn: Output[str] | None
    balancer_suffix: Output[str]
    target_group_suffix: Output[str]
    request_label: Output[str]
    stream_target_group_arn: Output[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInRecords:
    """A log group that exists already."""

    log_group_name: Output[str]


ELB = "arn:aws:elasticloadbalancing:us-east-1:111111111111"
BALANCER = "app/public/50dc6c495c0c9188"


def cluster(*, turns: bool = True) -> StandInCluster:
    role = Output.from_input("arn:aws:iam::111111111111:role/turns")
    arn = Output.from_input("arn:aws:ecs:us-east-1:111111111111:cluster/plinth-test-containers-cluster")
    return StandInCluster(cluster_arn=arn, cluster_name="plinth-test-containers-cluster", turns_role_arn=role if turns else None)


def registry() -> StandInRegistry:
    arn = "arn:aws:servicediscovery:us-east-1:111111111111:namespace/ns-1"
    return StandInRegistry(namespace_id=Output.from_input("ns-1"), namespace_arn=Output.from_input(arn))


def routed(*, turns: bool = True, stream: bool = False) -> StandInRouted:
    def given(text: str) -> Output[str]:
        return Output.from_input(f"{ELB}:{text}")

    return StandInRouted(
        target_group_arn=given("targetgroup/blue/1111"),
        alternate_target_group_arn=given("targetgroup/green/2222") if turns else None,
        production_rule_arn=given(f"listener-rule/{BALANCER}/a/b") if turns else None,
        test_rule_arn=given(f"listener-rule/{BALANCER}/a/c") if turns else None,
        balancer_suffix=Output.from_input(BALANCER),
        target_group_suffix=Output.from_input("targetgroup/blue/1111"),
        request_label=Output.from_input(f"{BALANCER}/targetgroup/blue/1111"),
        stream_target_group_arn=given("targetgroup/stream/3333") if stream else None,
    )
