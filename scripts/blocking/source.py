"""A module of the async library as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

__all__ = ["Function", "Source", "returned"]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    def __init__(self, module: str, text: str) -> None:
        """module: its name below ``agilekit``."""
        self.module = module
        self._lines = text.splitlines()
        self._tree = ast.parse(text)

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self._tree, clean=False) or ""

    @cached_property
    def public(self) -> list[str]:
        """What its ``__all__`` names."""
        found: list[str] = ast.literal_eval(self._assigned("__all__"))
        return found

    def class_named(self, name: str) -> ast.ClassDef:
        return next(
            node for node in self._tree.body if isinstance(node, ast.ClassDef) and node.name == name
        )

    def resources(self) -> dict[str, str]:
        """The classes of a client's resources, with their modules below ``agilekit``."""
        return {
            node.value.func.id: found[0].removeprefix("agilekit.")
            for node in ast.walk(self._tree)
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call)
            if isinstance(node.target, ast.Attribute) and isinstance(node.value.func, ast.Name)
            if (found := self.import_of(node.value.func.id)) is not None
        }

    def functions(self) -> Iterator[Function]:
        """The public functions of the module that are awaited, or iterated with ``async for``."""
        for node in self._tree.body:
            if isinstance(node, Function) and node.name in self.public:
                is_iterated = returned(node).startswith("AsyncIterator[")
                if isinstance(node, ast.AsyncFunctionDef) or is_iterated:
                    yield node

    def header(self, node: Function) -> list[str]:
        """The lines of a function up to its body, decorators included."""
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return self._lines[first - 1 : node.body[0].lineno - 1]

    def text(self, node: ast.stmt) -> list[str]:
        """The lines of a statement."""
        return self._lines[node.lineno - 1 : node.end_lineno or node.lineno]

    def value(self, name: str) -> str:
        """What a constant of the module is, as it is written."""
        return ast.unparse(self._assigned(name))

    def import_of(self, name: str) -> tuple[str, str] | None:
        """The module and the name there, of something that the module imports; no name there if it
        is the module itself.
        """
        return self._imports.get(name)

    def is_late(self, name: str) -> bool:
        """Whether a name stands for a module that is loaded by its first use."""
        return name in self._late

    def is_for_checkers(self, name: str) -> bool:
        """Whether a name is imported only if types are checked."""
        return name in self._for_checkers

    def defines(self, name: str) -> bool:
        return name in self._defined

    @cached_property
    def _imports(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = (node.module, alias.name)
            elif isinstance(node, ast.Import):
                found |= {alias.name: (alias.name, "") for alias in node.names}
        return found

    @cached_property
    def _late(self) -> set[str]:
        blocks = [node for node in self._tree.body if isinstance(node, ast.If)]
        return {_target(node) for block in blocks for node in block.orelse}

    @cached_property
    def _for_checkers(self) -> set[str]:
        return {
            alias.asname or alias.name
            for block in self._tree.body
            if isinstance(block, ast.If)
            for node in block.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    @cached_property
    def _defined(self) -> set[str]:
        return {
            node.name if isinstance(node, ast.ClassDef | Function) else _target(node)
            for node in self._tree.body
        }

    def _assigned(self, name: str) -> ast.expr:
        for node in self._tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and _target(node) == name:
                return node.value or ast.Constant(None)
        raise LookupError(f"{self.module} does not assign {name}")


def returned(node: Function) -> str:
    """The annotation of what a function returns."""
    return ast.unparse(node.returns) if node.returns else ""


def _target(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target)
    return ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
