"""Types as text: the same on every Python, whatever an alias is called and wherever it stands."""

from __future__ import annotations

import ast
import builtins
import inspect
import types
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Final, ForwardRef, Literal, Union, cast, get_args, get_origin

__all__ = ["Spelling"]


class Spelling:
    """Writes annotations down.

    An alias that is public is written by its name, any other as what it stands for.
    """

    def __init__(self, aliases: Mapping[str, object]) -> None:
        self._aliases = aliases

    def annotation(self, annotation: object, module: str) -> str:
        """An annotation of something in a module, be it evaluated already or not."""
        if isinstance(annotation, ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            annotation = eval(annotation, {}, _Scope(module))  # noqa: S307 - the library's own
        return self._type(annotation)

    def alias(self, value: object) -> str:
        """What a public alias stands for."""
        return self._composed(value)

    def _type(self, given: object) -> str:
        for name, alias in self._aliases.items():
            if type(alias) is type(given) and alias == given:
                return name
        return self._composed(given)

    def _composed(self, given: object) -> str:
        origin, args = get_origin(given), get_args(given)
        if origin is Literal:
            return f"Literal[{', '.join(map(repr, args))}]"
        if origin in {Union, types.UnionType}:
            return " | ".join(map(self._type, args))
        if origin in {Annotated, Final}:
            return self._type(args[0])
        if origin is not None:
            return f"{_name(given, origin)}[{', '.join(map(self._type, args))}]"
        if isinstance(given, list):
            return f"[{', '.join(map(self._type, cast('list[object]', given)))}]"
        if isinstance(given, ForwardRef):
            return given.__forward_arg__
        if given is ...:
            return "..."
        return "None" if given in {None, types.NoneType} else _name(given)


def _name(*candidates: object) -> str:
    for one in candidates:
        if name := getattr(one, "__name__", None):
            return str(name)
    return str(candidates[0]).removeprefix("typing.")


class _Scope(dict[str, object]):
    """What names mean in a module, those that it imports only for type checkers, too."""

    def __init__(self, module: str) -> None:
        super().__init__(vars(builtins) | vars(import_module(module)))
        self._source = inspect.getsource(import_module(module))

    def __missing__(self, name: str) -> object:
        for node in ast.walk(ast.parse(self._source)):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return getattr(import_module(node.module), alias.name)
        raise KeyError(name)
