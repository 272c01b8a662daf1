"""A function for each model, generated when the model is first met, that takes what usually comes.

The rule: a value is taken as it is, or by the expression of its `Shape`, if its type is exactly the
expected one. Everything else goes to the hook of its field, and what is not an object to the hook
of the model: there each other form that means the same is known, and each refusal has its words. So
a generated function never says what is right, only what is usual.

Of the model

    @frozen(repr=False)
    class Note(Model):
        id: Oid = Oid("")
        title: Versioned[str] = Versioned("")
        position: int | None = None
        raw: Mapping[str, JSON] = raw_field()

comes, with the shapes of Flying Donut,

    def decode(data, kind):
        if type(data) is not dict:
            return slow(data, kind)
        get = data.get
        made = new(cls)
        value = get('id')
        if value is None:
            value = default_id
        else:
            try:
                if type(value) is dict and type(oid := value["$oid"]) is str:
                    value = oid
                else:
                    value = hook_id(value, kind_id)
            except FAILURES:
                value = hook_id(value, kind_id)
        set_id(made, value)
        try:
            value = data['title']
            if type(value) is dict and type(version := value["version"]) is int:
                inner = value["value"]
                if type(inner) is str:
                    part = new(Versioned)
                    set_Versioned_value(part, inner)
                    set_Versioned_version(part, version)
                    value = part
                else:
                    value = hook_title(value, kind_title)
            else:
                value = hook_title(value, kind_title)
        except FAILURES:
            value = get('title')
            if value is None:
                value = default_title
            else:
                value = hook_title(value, kind_title)
        set_title(made, value)
        value = get('position')
        if value is not None:
            if not (type(value) is int):
                value = hook_position(value, kind_position)
        set_position(made, value)
        set_raw(made, data)
        return made

An entity is made by the descriptors of its slots, which comes to the ``__init__`` of a frozen class
at two thirds of its cost. A class of which there is more to do is left to its hook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

import attrs
from attrs import evolve, field, frozen

__all__ = [
    "AS_IT_CAME",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "WHOLE",
    "FieldPlan",
    "Hook",
    "ModelPlan",
    "Shape",
    "Wrapper",
    "is_plain",
    "text_by",
]

# cattrs types its hooks with Any: the second argument is the type that was asked for.
Hook: TypeAlias = Callable[[Any, Any], Any]

_MORE_TO_DO: Final = ("__attrs_pre_init__", "__attrs_post_init__")


@frozen(eq=False, repr=False)
class Shape:
    """The usual form of a value, and what it becomes: expressions of Python about ``{it}``."""

    test: str
    """Whether it has the form."""
    result: str = "{it}"
    names: Mapping[str, object] = field(factory=dict[str, object])
    """What the expressions name, beside built-in functions."""
    can_fail: bool = False
    """Whether the expressions may fail, as hooks do, for a value of another form."""
    wire: tuple[type[object], ...] = ()
    """The types of the form, if what is of one may stand for null."""

    def or_none(self) -> Shape:
        """The same, but None stays None."""
        result = "{it}" if self.result == "{it}" else f"None if {{it}} is None else {self.result}"
        return evolve(self, test=f"{{it}} is None or {self.test}", result=result)

    def but_for(self, nulls: Sequence[object]) -> Shape:
        """The same, but for what stands for null."""
        if not any(isinstance(null, self.wire) for null in nulls):
            return self
        names = {**self.names, "nulls": nulls}
        return evolve(self, test=f"({self.test}) and {{it}} not in nulls", names=names)


TEXT: Final = Shape("type({it}) is str", wire=(str,))
WHOLE: Final = Shape("type({it}) is int", wire=(int, float))
NUMBER: Final = Shape("type({it}) is int or type({it}) is float", wire=(int, float))
TRUTH: Final = Shape("type({it}) is bool", wire=(int, float))
AS_IT_CAME: Final = Shape("True")


def text_by(make: Callable[[str], object]) -> Shape:
    """A text of which something is made, such as a time. Each service has one such function."""
    return Shape("type({it}) is str", "make({it})", {"make": make}, can_fail=True, wire=(str,))


@frozen(eq=False, repr=False)
class Wrapper:
    """The usual form of a generic class of one parameter: expressions of Python about ``value``."""

    cls: type[object]
    test: str
    inner: str
    """Where the value of the parameter is."""
    fields: Mapping[str, str]
    """What each field of the class becomes; ``inner`` is the parameter's value."""


@frozen(kw_only=True, eq=False, repr=False)
class FieldPlan:
    """How one field of a model is made. Its local variable is ``value``."""

    name: str
    key: str
    default: object
    default_is_made: bool = False
    """Whether the default is a function that makes one of the entity, as far as that is made."""
    hook: Hook
    kind: object
    shape: Shape | None = None
    """Of the value, or of what its wrapper holds. None: only the hook knows."""
    wrapper: Wrapper | None = None
    tolerant: bool = False
    """Whether the hook takes everything, so that what is made otherwise must not fail."""
    null_is_absent: bool = False
    """Whether the hook makes the default of null."""

    def lines(self) -> Iterator[str]:
        if self.shape is not None and self.wrapper is not None:
            yield "try:"
            yield f"    value = data[{self.key!r}]"
            yield from _indented(self._unwrapped(self.shape, self.wrapper))
            yield "except FAILURES:"
            yield from _indented(self._found([self._by_hook]))
        else:
            yield from self._found(self._made())
        yield f"set_{self.name}(made, value)"

    def names(self) -> dict[str, object]:
        """What the lines name."""
        found: dict[str, object] = {
            f"default_{self.name}": self.default,
            f"hook_{self.name}": self.hook,
            f"kind_{self.name}": self.kind,
        }
        if self.shape is not None:
            found |= self.shape.names
        if self.wrapper is not None:
            cls = self.wrapper.cls
            found |= {cls.__name__: cls, **_setters(cls, f"set_{cls.__name__}_")}
        return found

    def _found(self, made: Iterable[str]) -> Iterator[str]:
        """The value, or the default if there is none. made: what becomes of one that is there."""
        absent = "None" if self.null_is_absent else "ABSENT"
        yield f"value = get({self.key!r}{'' if self.null_is_absent else ', ABSENT'})"
        if self.null_is_absent and self.default is None:
            yield f"if value is not {absent}:"
            yield from _indented(made)
        else:
            yield f"if value is {absent}:"
            yield f"    {self._set_default()}"
            yield "else:"
            yield from _indented(made)

    def _set_default(self) -> str:
        if self.default is attrs.NOTHING:
            return "return slow(data, cls)"
        if self.default_is_made:
            return f"value = default_{self.name}(made)"
        return f"value = default_{self.name}"

    def _made(self) -> Iterator[str]:
        if self.shape is None:
            yield self._by_hook
        elif self.shape.can_fail or self.tolerant:
            yield "try:"
            yield from _indented(self._taken(self.shape, "value", ()))
            yield "except FAILURES:"
            yield f"    {self._by_hook}"
        else:
            yield from self._taken(self.shape, "value", ())

    def _unwrapped(self, shape: Shape, wrapper: Wrapper) -> Iterator[str]:
        cls = wrapper.cls.__name__
        fields = [f"set_{cls}_{name}(part, {made})" for name, made in wrapper.fields.items()]
        yield f"if {wrapper.test}:"
        yield f"    inner = {wrapper.inner}"
        made = [f"part = new({cls})", *fields, "value = part"]
        yield from _indented(self._taken(shape, "inner", made))
        yield "else:"
        yield f"    {self._by_hook}"

    def _taken(self, shape: Shape, it: str, then: Sequence[str]) -> Iterator[str]:
        """then: what is still to be done if it has the usual form."""
        test, result = shape.test.format(it=it), shape.result.format(it=it)
        if shape is AS_IT_CAME:
            yield from then or ("pass",)
            return
        done = [*([] if result == it else [f"{it} = {result}"]), *then]
        if not done:
            yield f"if not ({test}):"
            yield f"    {self._by_hook}"
            return
        yield f"if {test}:"
        yield from _indented(done)
        yield "else:"
        yield f"    {self._by_hook}"

    @property
    def _by_hook(self) -> str:
        return f"value = hook_{self.name}(value, kind_{self.name})"


@frozen(kw_only=True, eq=False, repr=False)
class ModelPlan:
    """How a model is made of an object."""

    cls: type[object]
    fields: Sequence[FieldPlan]
    """In the order of the class, since a default may be made of the fields before."""
    unsent: Mapping[str, object]
    """By field that no answer holds, what it is."""
    raw: str | None
    """The field that keeps the answer."""
    envelope: str | None
    """The key of an object that may hold the entity."""
    slow: Hook
    """Makes one of anything, or refuses it."""
    failures: tuple[type[Exception], ...]
    """What hooks raise."""

    def source(self) -> str:
        """The generated function, as Python."""
        return "\n".join(["def decode(data, kind):", *_indented(self._lines())]) + "\n"

    def decoder(self) -> Hook:
        """The generated function."""
        names: dict[str, object] = {
            "ABSENT": object(),
            "FAILURES": self.failures,
            "cls": self.cls,
            "new": object.__new__,
            "slow": self.slow,
            **_setters(self.cls, "set_"),
            **{f"unsent_{name}": value for name, value in self.unsent.items()},
        }
        for one in self.fields:
            for name, meant in one.names().items():
                if names.setdefault(name, meant) != meant:
                    raise TypeError(f"{self.cls.__name__}: {name} means two things")
        code = compile(self.source(), f"<decoder of {self.cls.__name__}>", "exec")
        exec(code, names)  # noqa: S102 - it is made of the fields of a class, and of nothing that came
        return cast("Hook", names["decode"])

    def _lines(self) -> Iterator[str]:
        yield "if type(data) is not dict:"
        yield "    return slow(data, kind)"
        if self.envelope is not None:
            key = repr(self.envelope)
            yield f"if {key} in data and 'id' not in data:"
            yield f"    inner = data[{key}]"
            yield "    return decode(inner, kind) if type(inner) is dict else slow(data, kind)"
        yield "get = data.get"
        yield "made = new(cls)"
        for one in self.fields:
            yield from one.lines()
        for name in self.unsent:
            yield f"set_{name}(made, unsent_{name})"
        if self.raw is not None:
            yield f"set_{self.raw}(made, data)"
        yield "return made"


def is_plain(cls: type[attrs.AttrsInstance]) -> bool:
    """Whether to set its slots is all that it takes to make one."""
    return (
        all(one.init and one.converter is one.validator is None for one in attrs.fields(cls))
        and all(hasattr(getattr(cls, one.name, None), "__set__") for one in attrs.fields(cls))
        and not any(hasattr(cls, name) for name in _MORE_TO_DO)
        and cls.__new__ is object.__new__
    )


def _setters(cls: type[object], prefix: str) -> dict[str, object]:
    assert attrs.has(cls)  # noqa: S101 - every model is one
    return {f"{prefix}{one.name}": getattr(cls, one.name).__set__ for one in attrs.fields(cls)}


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
