"""The public surface as text: one line for each name, signature, attribute and option.

Nothing in it tells in which inner module something is defined, or what an inner alias is called.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import chain
from textwrap import dedent
from typing import Any, Final, get_overloads, is_typeddict

import attrs
import click

from agilekit.cli.commands import commands
from tests.surface.names import Name, public_names
from tests.surface.spelling import Spelling

__all__ = ["surface"]

_OPERATORS: Final = frozenset(
    {"__aenter__", "__aiter__", "__await__", "__call__", "__enter__", "__getitem__", "__iter__"}
    | {"__len__"}
)


def surface() -> str:
    """All of it."""
    names = public_names()
    describer = _Describer(Spelling(_aliases(names)))
    lines: list[str] = []
    for package, found in names.items():
        lines += [f"[{package}]", *(line for one in found for line in describer.name(one)), ""]
    return "\n".join([*lines, "[the command line]", *_command("agilekit", commands), ""])


def _aliases(names: Mapping[str, Iterable[Name]]) -> dict[str, object]:
    """The public names of types that are no classes; of a name that stands for two, the first."""
    aliases: dict[str, object] = {}
    for one in chain.from_iterable(names.values()):
        if not isinstance(one.value, type | tuple | str) and not inspect.isroutine(one.value):
            aliases.setdefault(one.name, one.value)
    return aliases


class _Describer:
    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._homes: dict[tuple[str, int], str] = {}

    def name(self, name: Name) -> Iterator[str]:
        value: Any = name.value
        home = self._homes.setdefault((name.name, id(value)), name.package)
        if home != name.package:
            yield f"{name.name} is {home}.{name.name}"
        elif isinstance(value, type):
            yield from self._class(name, value)
        elif inspect.isroutine(value):
            yield from self._function(name.name, value)
        elif isinstance(value, tuple | str):
            yield f"{name.name}: {'str' if isinstance(value, str) else 'tuple'}"
        elif isinstance(value, dict):
            yield f"{name.name}: dict"
        else:
            yield f"{name.name} = {self._spelling.alias(value)}"

    def _class(self, name: Name, cls: type) -> Iterator[str]:
        bases = [base.__name__ for base in cls.__mro__[1:] if issubclass(base, Exception)]
        yield f"class {name.name}({', '.join(bases)})" if bases else f"class {name.name}"
        if name.has_constructor and not bases and not is_typeddict(cls):
            yield f"    def __init__{self._parameters(cls, cls.__module__)}"
        attributes = dict(self._attributes(cls))
        for member in sorted({*attributes, *filter(partial(_is_ours, cls), dir(cls))}):
            if _is_public(member, name.members):
                lines = attributes.get(member) or self._member(member, cls)
                yield from (f"    {line}" for line in lines)

    def _attributes(self, cls: type) -> Iterator[tuple[str, list[str]]]:
        for base in reversed(cls.__mro__):
            for name, annotation in {**_declared(base), **_assigned(base)}.items():
                type_ = self._spelling.annotation(annotation, base.__module__)
                may_lack = is_typeddict(cls) and name in vars(cls)["__optional_keys__"]
                yield name, [f"{name}{'?' if may_lack else ''}: {type_}"]

    def _member(self, name: str, cls: type) -> Iterator[str]:
        value = inspect.getattr_static(cls, name)
        if isinstance(value, property | cached_property):
            getter = value.fget if isinstance(value, property) else value.func
            yield f"{name}: {self._returned(getter)}"
        elif isinstance(value, classmethod | staticmethod):
            kind = "classmethod" if isinstance(value, classmethod) else "staticmethod"
            yield from (f"{kind} {line}" for line in self._function(name, getattr(cls, name)))
        elif inspect.isroutine(value):
            yield from self._function(name, value)

    def _function(self, name: str, function: Callable[..., object]) -> Iterator[str]:
        for one in get_overloads(function) or [function]:
            begin = "async def" if inspect.iscoroutinefunction(one) else "def"
            parameters = self._parameters(one, function.__module__)
            yield f"{begin} {name}{parameters} -> {self._returned(one)}"

    def _parameters(self, called: Callable[..., object], module: str) -> str:
        signature = inspect.signature(called)
        parameters = [
            one.replace(
                annotation=_Shown(self._spelling.annotation(one.annotation, module)),
                default=one.default if one.default is one.empty else _shown(one.default),
            )
            for one in signature.parameters.values()
            if one.name != "self"
        ]
        return str(inspect.Signature(parameters))

    def _returned(self, function: Any) -> str:
        annotation: object = inspect.signature(function).return_annotation
        return self._spelling.annotation(annotation, function.__module__)


class _Shown(str):
    """Shown in a signature as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _shown(default: object) -> _Shown:
    """A plain value; of any other it is told only that there is one."""
    is_plain = isinstance(default, bool | int | float | str | None) or default == ()
    return _Shown(repr(default) if is_plain else "...")


def _is_public(member: str, pattern: str) -> bool:
    if pattern:
        return re.fullmatch(pattern, member) is not None
    return not member.startswith("_") or member in _OPERATORS


def _is_ours(cls: type, member: str) -> bool:
    owner = next(base for base in cls.__mro__ if member in vars(base))
    return owner.__module__.startswith("agilekit.")


def _declared(cls: type) -> dict[str, object]:
    """The attributes that the body of a class declares, with their annotations."""
    if not cls.__module__.startswith("agilekit."):
        return {}
    return {
        name: annotation
        for name, annotation in inspect.get_annotations(cls).items()
        if "ClassVar" not in str(annotation)
    }


def _assigned(cls: type) -> dict[str, object]:
    """The attributes that the constructor of a plain class sets, with their annotations."""
    if "__init__" not in vars(cls) or attrs.has(cls) or not cls.__module__.startswith("agilekit."):
        return {}
    function: Any = vars(cls)["__init__"]
    parameters = inspect.get_annotations(function)
    found: dict[str, object] = {}
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.AnnAssign | ast.Assign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            name = ast.unparse(target).removeprefix("self.")
            if isinstance(target, ast.Attribute) and not name.startswith("_"):
                found[name] = _annotation(node, parameters)
    return found


def _annotation(node: ast.AnnAssign | ast.Assign, parameters: Mapping[str, object]) -> object:
    """What is annotated, or the class that is called, or the annotation of the parameter."""
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) != "Final":
        return ast.unparse(node.annotation)
    if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        return node.value.func.id
    return parameters.get(node.value.id, "object") if isinstance(node.value, ast.Name) else "object"


def _command(path: str, command: click.Command) -> Iterator[str]:
    yield path
    for parameter in command.params:
        yield f"    {_parameter(parameter)}"
    if isinstance(command, click.Group):
        for name, one in sorted(command.commands.items()):
            yield from _command(f"{path} {name}", one)


def _parameter(parameter: click.Parameter) -> str:
    names = " ".join([*parameter.opts, *parameter.secondary_opts])
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return f"{names}: flag"
    traits = [_values(parameter.type)]
    traits += ["required"] if parameter.required else []
    traits += ["repeatable"] if parameter.multiple or parameter.nargs == -1 else []
    if isinstance(parameter.default, int | float | str):
        traits += [f"default {parameter.default!r}"]
    return f"{names}: {', '.join(traits)}"


def _values(given: click.ParamType[Any]) -> str:
    if isinstance(given, click.Choice):
        return " or ".join(map(str, given.choices))
    if isinstance(given, click.IntRange | click.FloatRange):
        least, most = given.min, given.max
        return f"{given.name} from {least}" if most is None else f"{given.name} {least} to {most}"
    if isinstance(given, click.Tuple):
        return " and ".join(map(_values, given.types))
    return given.name
