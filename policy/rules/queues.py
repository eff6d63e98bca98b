"""DAT-31, what queues must have: encryption, TLS, and a place for messages that nobody can take."""

from collections.abc import Iterator

from policy.rules.documents import Statement, documents
from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, is_map, parsed

_QUEUE, _POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
_REDRIVE, _SOURCES = "aws:sqs/redrivePolicy:RedrivePolicy", "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"


def _encrypted(resource: Resource, _: Stack) -> Iterator[Finding]:
    if resource.props.get("kmsMasterKeyId") not in (None, ""):
        return  # a key, whether it is known yet or not
    own = resource.props.get("sqsManagedSseEnabled")
    yield from judged("sqsManagedSseEnabled", own, "is off, and there is no key", holds=own is not False)


def _by_tls_alone(resource: Resource, _: Stack) -> Iterator[Finding]:
    for document in documents(resource):
        if isinstance(document.statements, Mark):
            yield undecided(document.at)
        elif not any(_refuses_plain(statement) for statement in document.statements or ()):
            yield violated(document.at, "refuses nobody who comes without TLS")


def _refuses_plain(statement: Statement) -> bool:
    if statement.allows is not False or not is_map(statement.conditions):
        return False
    block = statement.conditions.get("Bool")
    plain = is_map(block) and str(block.get("aws:SecureTransport")).lower() == "false"
    return plain and "*" in statement.principals.get("AWS", ()) and bool({"sqs:*", "*"} & {str(a) for a in statement.actions})


def _has_dead_letters(queue: Resource, stack: Stack) -> Iterator[Finding]:
    """A queue that is named as somebody's dead letters needs none itself."""
    redrive = queue.props.get("redrivePolicy")
    if isinstance(redrive, Mark):
        yield undecided("redrivePolicy")
    elif redrive not in (None, ""):
        try:
            body = parsed(redrive)
        except ValueError:
            body = None
        if not is_map(body) or "deadLetterTargetArn" not in body:
            yield violated("redrivePolicy", "names no queue")
    elif queue.props.get("redriveAllowPolicy") is None and not _tied(queue, stack):
        yield violated("redrivePolicy", "is not there: a message that cannot be taken is tried until it is too old, and gone")


def _tied(queue: Resource, stack: Stack) -> bool:
    """Whether a resource of its own says where its dead letters go, or whose it takes."""
    return any(other.type in (_REDRIVE, _SOURCES) for other in stack.referring_to(queue.urn))


RULES = (
    Rule(
        id="queue-encrypted",
        severity="high",
        statement="Messages are encrypted where they wait",
        why="Whoever reads what a queue is kept on reads what services say to each other.",
        fix="Give it the key for data as kmsMasterKeyId.",
        sources=("DAT-31", "CKV_AWS_27", "SQS.1", "AWS-0096"),
        applies=of_type(_QUEUE),
        check=_encrypted,
    ),
    Rule(
        id="queue-by-tls-alone",
        severity="high",
        statement="A queue's policy refuses whoever comes without TLS",
        why="SQS answers in plain as well, and messages can be read on the way.",
        fix="Deny sqs:* to everybody while aws:SecureTransport is false.",
        sources=("DAT-31",),
        applies=of_type(_POLICY),
        check=_by_tls_alone,
    ),
    Rule(
        id="queue-has-dead-letters",
        severity="medium",
        statement="Every queue has a queue for its dead letters",
        why="One message that crashes its reader is read for days, then lost, and nobody hears of it.",
        fix="Give it a redrivePolicy, and the other queue a redriveAllowPolicy.",
        sources=("DAT-31",),
        applies=of_type(_QUEUE),
        check=_has_dead_letters,
        across=True,
    ),
)
