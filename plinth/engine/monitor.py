"""Stands where the engine's resource monitor stands, and writes down what the program registers."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import dropwhile, takewhile
from operator import not_
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from google.protobuf import empty_pb2
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2

from plinth.engine.graph import STACK_TYPE, Options, Resource, child_urn, type_of
from plinth.engine.invent import Inventor, Place, declared_outputs
from plinth.engine.values import UNKNOWN, Value
from plinth.engine.wire import as_secret, plain, plain_value

Mode = Literal["values", "unknowns"]
"""`values` invents what only the cloud knows; `unknowns` leaves it open, as the engine's own preview does."""


class RecordingError(Exception):
    """The program did what a plan without a cloud cannot hold: a resource twice, a look-up, a transform."""


class RecordingMonitor(MockMonitor):
    """Answers a program's registrations and keeps them.

    Pulumi's own mock monitor swallows duplicates, component outputs, options and source lines; this one keeps them. It overrides
    every call that a program makes and takes the rest (feature negotiation, hooks) from the mock monitor.
    """

    def __init__(self, *, project: str, stack: str, folder: Path, mode: Mode) -> None:
        self.recorded: dict[str, Resource] = {}
        self.stack_outputs: dict[str, Value] = {}
        self.inventor = Inventor()
        self._project, self._stack, self._mode = project, stack, mode
        self._folder = folder.resolve()
        self._files: dict[str, str] = {}
        self._faults: list[str] = []

    def check(self) -> None:
        """Raises RecordingError with everything the program did wrong. Called once all registrations are in."""
        if self._faults:
            raise RecordingError("\n".join(self._faults))

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the name of the RPC)
        """Keeps a resource and answers with its id and outputs, as far as the mode knows them."""
        urn = child_urn(stack=self._stack, project=self._project, parent=request.parent, token=request.type, name=request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        source = self._source(request.stackTrace)
        self._notice_faults(urn, request, source)
        answer = self._answer(urn, request)
        self.recorded[urn] = Resource(
            urn=urn,
            custom=request.custom,
            inputs=plain(request.object),
            outputs=_outputs(request, answer),
            parent="" if not request.parent or type_of(request.parent) == STACK_TYPE else request.parent,
            provider=_provider_urn(request.provider),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={key: tuple(sorted(deps.urns)) for key, deps in sorted(request.propertyDependencies.items())},
            options=self._options(request),
            source=source,
        )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Keeps the outputs of a component, or of the stack."""
        outputs = plain(request.outputs)
        resource = self.recorded.get(request.urn)
        if resource is None:
            self.stack_outputs = outputs
        else:
            self.recorded[request.urn] = replace(resource, outputs=outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Refuses a look-up."""
        raise RecordingError(f"the program looks up {request.tok} while building: give the value in the stack file")

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Refuses to read what exists already."""
        raise RecordingError(f"the program reads {request.type} {request.id} while building: refer to it by its id")

    def ExistsResource(self, request: Any) -> Any:  # noqa: N802
        """Refuses to ask whether something exists."""
        raise RecordingError(
            f"the program asks for {request.type} {request.id} while building: say in the stack file what is there"
        )

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802, ARG002
        """Refuses what would change every resource behind the recording's back: only the engine can run it."""
        raise RecordingError("the program registers a transform of the stack, which does not run offline: give the value itself")

    RegisterStackInvokeTransform = RegisterStackTransform

    def _notice_faults(self, urn: str, request: Any, source: tuple[str, ...]) -> None:
        """Keeps what is wrong for `check`: an error raised here would leave the program half run and its other faults unseen."""
        here = ", ".join(source[:1])
        if urn in self.recorded:
            first = ", ".join(self.recorded[urn].source[:1])
            self._faults.append(f"two resources with one URN: {urn}, registered at {first} and at {here}")
        if request.transforms:
            self._faults.append(f"{urn} has a transform, which does not run offline: give the value itself ({here})")

    def _answer(self, urn: str, request: Any) -> Any:
        """What the engine would answer: the inputs, which outputs are secret, and in the mode `values` an id and all outputs."""
        answer = resource_pb2.RegisterResourceResponse(urn=urn)
        answer.object.CopyFrom(request.object)
        if not request.custom and not request.remote:
            return answer
        missing = declared_outputs(request.type).keys() - request.object.fields.keys()
        secret = missing & set(request.additionalSecretOutputs)
        made: dict[str, Value] = dict.fromkeys(secret, UNKNOWN)
        if self._mode == "values":
            place = self._place(urn, request)
            answer.id = self.inventor.identity(place) if request.custom else ""
            made = self.inventor.outputs(place, missing, plain(request.object))
        answer.object.update({key: as_secret(value) if key in secret else value for key, value in made.items()})
        return answer

    def _place(self, urn: str, request: Any) -> Place:
        provider = self.recorded.get(_provider_urn(request.provider))
        settings: Mapping[str, Value] = provider.inputs if provider else {}
        account = re.search(r"\d{12}", str(settings.get("allowedAccountIds")))
        own = request.object.fields["region"].string_value if "region" in request.object.fields else ""
        return Place(
            urn=urn,
            token=request.type,
            name=request.name,
            region=own or str(settings.get("region", "us-east-1")),
            account=account[0] if account else "000000000000",
        )

    def _options(self, request: Any) -> Options:
        return Options(
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            delete_before_replace=request.deleteBeforeReplace,
            ignore_changes=tuple(request.ignoreChanges),
            replace_on_changes=tuple(request.replaceOnChanges),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            aliases=tuple(self._alias_urn(request, alias) for alias in request.aliases),
            import_id=request.importId,
            deleted_with=request.deletedWith,
            replace_with=tuple(request.replace_with),
            replacement_trigger=plain_value(request.replacement_trigger) if request.HasField("replacement_trigger") else None,
        )

    def _alias_urn(self, request: Any, alias: Any) -> str:
        """The URN that an alias stands for: what it does not say is as it is now."""
        if alias.WhichOneof("alias") == "urn":
            return alias.urn
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or request.parent
        return child_urn(
            stack=spec.stack or self._stack,
            project=spec.project or self._project,
            parent=parent,
            token=spec.type or request.type,
            name=spec.name or request.name,
        )

    def _source(self, trace: Any) -> tuple[str, ...]:
        """The lines of the program: behind the SDK's own frames, before those of whatever runs the program."""
        lines = [self._line(frame.pc.uri, frame.pc.line) for frame in trace.frames]
        return tuple(takewhile(bool, dropwhile(not_, lines)))

    def _line(self, uri: str, line: int) -> str:
        """`components/networking/network.py:83`; nothing for a frame outside the program."""
        if uri not in self._files:
            path = Path(unquote(urlsplit(uri).path))
            inside = path.is_relative_to(self._folder) and "site-packages" not in path.parts
            self._files[uri] = path.relative_to(self._folder).as_posix() if inside else ""
        file = self._files[uri]
        return f"{file}:{line}" if file else ""


def _outputs(request: Any, answer: Any) -> dict[str, Value]:
    """What is known of a resource; of a component that its package makes elsewhere, what it gives back."""
    outputs = plain(answer.object)
    if request.custom:
        return {**outputs, "id": answer.id}
    return {key: value for key, value in outputs.items() if key not in request.object.fields} if request.remote else {}


def _provider_urn(reference: str) -> str:
    """A provider is referred to as `<urn>::<id>`."""
    return reference.rsplit("::", 1)[0]
