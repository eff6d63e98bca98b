"""The engine's wire format and plain JSON values, both ways, with secrets hidden on the way in."""

from typing import cast

from google.protobuf import struct_pb2

from plinth.engine.values import SECRET, Value

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a type mark, the same in every Pulumi SDK)
_ASSET_SIGNATURES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")


def plain(struct: struct_pb2.Struct) -> dict[str, Value]:
    """The properties in a message as JSON values: `SECRET` for a secret, an asset without the hash of its content.

    Whole numbers come as int: the wire knows only doubles. Keys come sorted: the wire keeps no order.
    """
    return {key: plain_value(value) for key, value in sorted(struct.fields.items())}


def cleaned(value: Value) -> Value:
    """`plain` for values that are JSON already, as a stack export has them."""
    if isinstance(value, list):
        return [cleaned(item) for item in cast("list[Value]", value)]
    if not isinstance(value, dict):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    fields = cast("dict[str, Value]", value)
    signature = fields.get(_SIGNATURE)
    if signature == _SECRET_SIGNATURE:
        return SECRET
    return {key: cleaned(item) for key, item in fields.items() if key not in _dropped(signature)}


def as_secret(value: Value) -> Value:
    """`value` in the form in which the SDK takes it for a secret."""
    return {_SIGNATURE: _SECRET_SIGNATURE, "value": value}


def plain_value(value: struct_pb2.Value) -> Value:
    """`plain` for a single value."""
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "list_value":
            return [plain_value(item) for item in value.list_value.values]
        case "struct_value":
            return _plain_map(value.struct_value)
        case _:
            return None


def _plain_map(struct: struct_pb2.Struct) -> Value:
    signature = struct.fields[_SIGNATURE].string_value if _SIGNATURE in struct.fields else None
    if signature == _SECRET_SIGNATURE:
        return SECRET
    dropped = _dropped(signature)
    return {key: value for key, value in plain(struct).items() if key not in dropped}


def _dropped(signature: str | None) -> tuple[str, ...]:
    """The keys of a map with this type mark that are not part of its value."""
    if signature is None:
        return ()
    return (_SIGNATURE, "hash") if signature in _ASSET_SIGNATURES else (_SIGNATURE,)
