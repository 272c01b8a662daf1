"""What pydantic is told of an entity or a report, when it asks: an instance is taken as it is, and
goes out in its plain form.

Of the class

    @frozen(repr=False)
    class Task(Model):
        task_id: int = 0
        task_created: datetime | None = None
        assignments: tuple[int, ...] = ()
        raw: Mapping[str, JSON] = raw_field()

the plain form is described as

    class Task(TypedDict):
        task_id: int
        task_created: Time | None      # text, with the format "date-time"
        assignments: list[int]

of which pydantic makes the JSON schema, and with it FastAPI its document. Each field is there, as
in each plain form. Nothing is made *of* a plain form: an entity is what a service has answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial, reduce
from types import GenericAlias, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    PydanticSerializationUnexpectedValue,
    SchemaSerializer,
    core_schema,
)
from typing_extensions import TypedDict

from agilekit.errors import AgilekitError
from agilekit.wire.serializable import Serializable

__all__ = ["core_schema_of", "serializer_of"]

_PLAIN: Final[Mapping[object, object]] = {
    datetime: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})],
    date: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})],
    # A whole number stays one, which pydantic would not take for a float in a union.
    float: Annotated[Any, WithJsonSchema({"type": "number"})],
    object: Any,
}
_serializers: Final[dict[type[object], SchemaSerializer]] = {}


def core_schema_of(
    cls: type[Serializable], source: object, handler: GetCoreSchemaHandler
) -> CoreSchema:
    """What pydantic asks for. source: the class, or a generic alias of it."""
    plain = handler.generate_schema(_plain_type(source))
    return core_schema.json_or_python_schema(
        core_schema.no_info_before_validator_function(partial(_refused, cls), plain),
        core_schema.is_instance_schema(cls),
        serialization=core_schema.wrap_serializer_function_ser_schema(
            partial(_serialized, cls), schema=plain
        ),
    )


def serializer_of(cls: type[Serializable]) -> SchemaSerializer:
    """What writes an instance where pydantic knows no type of it."""
    if cls not in _serializers:
        _serializers[cls] = TypeAdapter(cls).serializer
    return _serializers[cls]


def _refused(cls: type[Serializable], _: object) -> object:
    raise PydanticCustomError(
        "not_made_of_json",
        "{name} is what a service has answered: it cannot be made of JSON",
        {"name": cls.__name__},
    )


def _serialized(
    cls: type[Serializable], value: object, serialize: SerializerFunctionWrapHandler
) -> object:
    if isinstance(value, cls):
        made: object = serialize(value.to_dict())
        return made
    # So pydantic knows that it is another member of a union.
    raise PydanticSerializationUnexpectedValue(f"expected a {cls.__name__}")


@cache
def _plain_type(kind: Any) -> Any:
    """The type of a value's plain form."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, NewType):
        return _plain_type(kind.__supertype__)
    if origin in (Union, UnionType):
        return reduce(_either, map(_plain_type, parts))
    if origin is Literal:
        # A server may send a word that no document names; a single one is ours.
        return kind if len(parts) == 1 else str
    if _is_a(origin, Mapping):
        return GenericAlias(dict, (str, _plain_type(parts[1])))
    if _is_a(origin, Sequence):
        return GenericAlias(list, _plain_type(parts[0]))
    if _is_a(kind, AgilekitError):
        return _typed_dict(kind, {"type": str, "message": str})
    return _typed_dict(kind, _fields(kind)) if _is_a(origin or kind, Serializable) else kind


def _either(one: Any, other: Any) -> Any:
    return one | other


def _typed_dict(kind: Any, fields: Mapping[str, Any]) -> Any:
    make: Any = TypedDict  # type checkers want to read its fields
    made = make(_name(kind), fields)
    made.__module__ = (get_origin(kind) or kind).__module__  # tells two of one name apart
    return made


def _fields(kind: Any) -> dict[str, Any]:
    cls = get_origin(kind) or kind
    given = dict(zip(getattr(cls, "__parameters__", ()), get_args(kind), strict=False))
    keys, hints = cls.keys(), get_type_hints(cls)
    types = {key: hints[key] if key in hints else _returned(getattr(cls, key)) for key in keys}
    return {key: _plain_type(_with(given, of)) for key, of in types.items()}


def _returned(of: property) -> object:
    return get_type_hints(of.fget)["return"]


def _with(given: Mapping[Any, Any], kind: Any) -> Any:
    """A type with what is given for its variables."""
    if isinstance(kind, TypeVar):
        return given.get(kind, Any)
    variables = getattr(kind, "__parameters__", ())
    return kind[tuple(given.get(one, Any) for one in variables)] if variables else kind


def _name(kind: Any) -> str:
    """``Versioned[float | None]`` -> ``VersionedFloatOrNone``"""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return "Or".join(map(_name, parts))
    if origin is Literal:
        return "Str"
    if kind is NoneType or kind is None:
        return "None"
    named: str = (origin or kind).__name__
    name = named[0].upper() + named[1:]
    return name + "".join(_name(part) for part in parts if part is not ...)


def _is_a(kind: Any, base: type[object]) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
