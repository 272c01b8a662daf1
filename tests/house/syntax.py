"""How long and how deep the code is, counted over the syntax tree."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

__all__ = ["FileMeasures", "measured"]

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_BLOCKS: Final = (
    *(ast.If, ast.Match, ast.Try, ast.TryStar, ast.With, ast.AsyncWith),
    *(ast.For, ast.AsyncFor, ast.While),
)


@frozen
class FileMeasures:
    """One file; no docstring counts as a line."""

    lines: int
    comments: int
    imports: int
    """Statements, wherever in the file they are."""
    functions: list[int]
    """The lines of each function, its decorators left out."""
    nesting: list[int]
    """Of each function: 1 where no statement is inside another."""


def measured(path: Path) -> FileMeasures:
    """What a file of Python measures."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    docstrings = _lines_of_docstrings(tree)
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, _Function)]
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    return FileMeasures(
        lines=len(text.splitlines()) - len(docstrings),
        comments=sum(token.type == tokenize.COMMENT for token in tokens),
        imports=sum(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes),
        functions=[len(_lines_of(node) - docstrings) for node in functions],
        nesting=[1 + _blocks_in(node) for node in functions],
    )


def _lines_of_docstrings(tree: ast.AST) -> set[int]:
    """The lines of docstrings, those below an attribute, too."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in _lines_of(node)
    }


def _lines_of(node: _Function | ast.Expr) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _blocks_in(node: ast.AST) -> int:
    """How many blocks the deepest statement stands in; a function inside counts by itself."""
    return max((_blocks_down_to(child) for child in _statements_below(node)), default=0)


def _blocks_down_to(node: ast.AST) -> int:
    return isinstance(node, _BLOCKS) + _blocks_in(node)


def _statements_below(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _Function | ast.ClassDef):
            yield child
