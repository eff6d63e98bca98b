"""Functions, queues, topics, events, interfaces.

Sources of the rules: https://aws.amazon.com/lambda/pricing/, /sqs/pricing/, /sns/pricing/, /eventbridge/pricing/,
/step-functions/pricing/, /kinesis/data-streams/pricing/, /api-gateway/pricing/, /cognito/pricing/.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Item, UndeterminedError
from plinth.cost.line import Metered, Row, Rule, Running, Said
from plinth.cost.quantity import Range
from plinth.cost.sheet import Sku

_TIERS = {"LITE": "mau-lite (beyond free tier)", "ESSENTIALS": "mau-essentials (beyond free tier)", "PLUS": "mau-plus"}
_INCLUDED_MB = 512


def _function(item: Item) -> Iterator[Said]:
    arm = "arm64" in item.items("architectures")
    yield Metered(what="invocations", sku=Sku("lambda", "requests"), usage="functionRequestsMillion")
    yield Metered(
        what="duration",
        sku=Sku("lambda", "duration-arm" if arm else "duration-x86"),
        usage="functionGbSecondsThousand",
        scale=Decimal(1000),
    )
    tracing = item.block("tracingConfig")
    if tracing and tracing.text("mode", "PassThrough") == "Active":
        yield Metered(what="traces recorded", sku=Sku("xray", "traces-recorded"), usage="tracesMillion")
    storage = item.block("ephemeralStorage")
    if storage and storage.number("size", _INCLUDED_MB) > _INCLUDED_MB:
        raise UndeterminedError("ephemeralStorage.size: the time that storage above 512 MB is used is not known")


def _queue(item: Item) -> Iterator[Said]:
    kind = "fifo" if item.flag("fifoQueue") else "standard"
    yield Metered(what="requests", sku=Sku("sqs", f"{kind}-requests"), usage="queueRequestsMillion")


def _topic(item: Item) -> Iterator[Said]:
    if item.flag("fifoTopic"):
        raise UndeterminedError("no price for FIFO topics")
    yield Metered(what="messages published", sku=Sku("sns", "standard-publish"), usage="topicRequestsMillion")


def _state_machine(item: Item) -> Iterator[Said]:
    if item.text("type", "STANDARD") != "STANDARD":
        raise UndeterminedError("no price for express workflows")
    sku = Sku("stepfunctions", "standard-transitions")
    yield Metered(what="state transitions", sku=sku, usage="transitionsThousand")


def _stream(item: Item) -> Iterator[Said]:
    mode = item.block("streamModeDetails")
    if mode and mode.text("streamMode") == "ON_DEMAND":
        raise UndeterminedError("no price for on-demand streams")
    shards = item.whole("shardCount")
    yield Running(Range.of(shards)).line("shard hours", Sku("kinesis", "provisioned-shard"))
    yield Metered(what="payload units", sku=Sku("kinesis", "put-payload-unit"), usage="streamUnitsMillion")
    if item.number("retentionPeriod", 24) > 24:
        raise UndeterminedError("retentionPeriod: more than 24 hours have no price")


def _api(item: Item) -> Iterator[Said]:
    if item.text("protocolType") != "HTTP":
        raise UndeterminedError("no price for WebSocket APIs")
    yield Metered(what="requests", sku=Sku("apigateway", "http-api (first 300M)"), usage="apiRequestsMillion")


def _pool(item: Item) -> Iterator[Said]:
    tier = item.text("userPoolTier", "ESSENTIALS")
    if tier not in _TIERS:
        raise UndeterminedError(f"userPoolTier: no price for {tier}")
    yield Metered(what="monthly active users", sku=Sku("cognito", _TIERS[tier]), usage="users")


RULES: Mapping[str, Rule] = {
    "aws:lambda/function:Function": _function,
    "aws:sqs/queue:Queue": _queue,
    "aws:sns/topic:Topic": _topic,
    "aws:cloudwatch/eventBus:EventBus": Row(
        metered=(Metered(what="custom events", sku=Sku("eventbridge", "custom-events"), usage="eventsMillion"),)
    ),
    "aws:sfn/stateMachine:StateMachine": _state_machine,
    "aws:kinesis/stream:Stream": _stream,
    "aws:apigatewayv2/api:Api": _api,
    "aws:cognito/userPool:UserPool": _pool,
}
