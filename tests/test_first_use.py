"""Modules that are loaded when something of them is first used."""

from __future__ import annotations

import ast
import copy
import pickle
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import agilekit
from agilekit.errors import AgilekitError
from agilekit.first_use import FirstUse

ROOT = Path(agilekit.__file__).parent


def test_a_module_is_loaded_when_a_name_of_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    module = FirstUse("colorsys")
    assert "colorsys" not in sys.modules
    assert callable(module.rgb_to_hsv)
    assert "colorsys" in sys.modules


def test_what_cannot_be_loaded_is_an_error_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: str) -> object:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("agilekit.first_use.import_module", load)
    with pytest.raises(AgilekitError, match=r"cannot be loaded: .*Too many open files"):
        _ = FirstUse("colorsys").rgb_to_hsv


def test_a_name_that_the_module_lacks_is_an_attribute_error() -> None:
    assert not hasattr(FirstUse("agilekit.errors"), "NoSuchName")


def test_to_copy_or_to_inspect_it_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    module = FirstUse("colorsys")
    pickled = pickle.loads(pickle.dumps(module))  # noqa: S301 - our own
    copies = [copy.copy(module), copy.deepcopy(module), pickled]
    assert not hasattr(module, "__wrapped__")
    assert "colorsys" not in sys.modules
    assert all(callable(one.rgb_to_hsv) for one in copies)


def test_type_checkers_see_the_module_that_is_loaded() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    late = {path: _late_modules(text) for path, text in texts.items() if "= FirstUse(" in text}
    assert late
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, modules in late.items()
        for name, module, seen in modules
        if module != seen
    ]
    assert wrong == []


def _late_modules(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Each name that stands for a module, that module, and the one that type checkers see."""
    for block in ast.parse(text).body:
        match block:
            case ast.If(test=ast.Name("TYPE_CHECKING"), body=imports, orelse=assignments):
                seen = dict(_imported(imports))
            case _:
                continue
        for node in assignments:
            match node:
                case ast.Assign([ast.Name(name)], ast.Call(args=[ast.Constant(str(module))])):
                    yield name, module, seen.get(name)
                case _:
                    continue


def _imported(nodes: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
