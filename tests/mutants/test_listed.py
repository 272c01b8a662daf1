"""The list of mutants agrees with the tree, and the session that reads it takes every mutant."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import agilekit
from tests.each import each
from tests.mutants.listed import Equivalent, Mutant, Target, ceilings, equivalents, targets
from tests.mutants.run import Result, Survivor, complaints, with_bare_properties

PACKAGE = Path(agilekit.__file__).parent
TESTS = Path(__file__).parents[1]
TARGETS = targets()
EQUIVALENTS = equivalents()


def functions(module: str) -> dict[str, list[str]]:
    """The functions of a module, as ``Class.method``, and the lines of each, not indented."""
    text = (PACKAGE.parent / module).read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines()]
    found: dict[str, list[str]] = {}
    for node in ast.parse(text).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for one in inner:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                found[prefix + one.name] = lines[one.lineno - 1 : one.end_lineno]
    return found


@each("target", TARGETS, ids=lambda target: target.name)
def test_every_module_of_the_list_and_its_tests_exist(target: Target) -> None:
    found = functions(target.module)
    assert not target.function or target.function in found
    assert target.tests
    for name in target.tests:
        assert (TESTS.parent / name).exists(), name


@each("entry", EQUIVALENTS, ids=lambda entry: entry.mutant.function)
def test_every_mutant_of_the_list_is_of_a_line_that_is_there_and_has_a_reason(
    entry: Equivalent,
) -> None:
    assert any(target.has(entry.mutant) for target in TARGETS)
    lines = functions(entry.mutant.module)[entry.mutant.function]
    for change in entry.mutant.changes:
        assert change.startswith("+ ") or change.removeprefix("- ") in lines
    assert any(change.startswith("- ") for change in entry.mutant.changes)
    assert len(entry.reason) > 20


DIFF = "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n def f():\n-    x\n+    y"
MUTANT = Mutant.of_diff("a.py", "f", DIFF)


@pytest.mark.parametrize(
    ("survived", "listed", "said"),
    [
        ([], [], []),
        ([MUTANT], [MUTANT], []),
        ([MUTANT], [], ["survived: f"]),
        ([], [MUTANT], ["listed, and does not survive: a.py, f:"]),
        ([MUTANT, MUTANT], [MUTANT], ["survived: f"]),
        ([MUTANT], [MUTANT, MUTANT], ["listed, and does not survive: a.py, f:"]),
        ([], [Mutant("not_run.py", "f", ())], []),
    ],
)
def test_what_survives_has_to_be_listed_and_the_other_way_round(
    survived: Sequence[Mutant], listed: Sequence[Mutant], said: Sequence[str]
) -> None:
    assert MUTANT.changes == ("- x", "+ y")
    survivors = tuple(Survivor(mutant, "the diff", "survived") for mutant in survived)
    result = Result(Target("a.py", "", ()), 10, 0, survivors, 1.0)
    found = complaints([result], [Equivalent(mutant, "a reason") for mutant in listed])
    assert [text.splitlines()[0] for text in found] == said


@pytest.mark.parametrize(
    ("survivors", "said"),
    [
        (1, ["a.py: 1 survived, lower its ceiling of 2"]),
        (2, []),
        (3, ["a.py: 3 survived, more than its ceiling of 2"]),
    ],
)
def test_of_a_module_with_a_ceiling_no_more_may_survive_and_it_falls(
    survivors: int, said: Sequence[str]
) -> None:
    listed = Mutant("a.py", "g", ("- a", "+ b"))
    found = [Survivor(one, "the diff", "survived") for one in (*[MUTANT] * survivors, listed)]
    result = Result(Target("a.py", "", ()), 10, 0, tuple(found), 1.0)
    other = Result(Target("b.py", "", ()), 10, 0, (), 1.0)
    assert complaints([other, result], [Equivalent(listed, "a reason")], {"a.py": 2}) == said


@each(
    ("lines", "same"),
    [
        (['- a = cast("T", b)', "+ a = cast(None, b)"], True),
        (['- a = cast("T", b)', '+ a = cast("XXTXX", b)'], True),
        (["- a = cast(T, b)", "+ a = cast(None, b)"], True),
        (['- a = cast("T", b)', '+ a = cast("T", None)'], False),
        (['- a = cast("T", b)', "+ a = None"], False),
        (["- zip(a, b, strict=False)", "+ zip(a, b, strict=None)"], True),
        (["- zip(a, b, strict=False)", "+ zip(a, b, )"], True),
        (["- a, b, strict=False", "- )", "+ a, b, )"], True),
        (["- a, b, strict=False", "+ a, b, strict=None"], True),
        (["- a, b, strict=False", "+ a, b, strict=True"], False),
        (["- zip(a, b, strict=False)", "+ zip(a, b, strict=True)"], False),
        (["- zip(a, b, strict=False)", "+ zip(a, strict=False)"], False),
        (["- zip(a, b, strict=True)", "+ zip(a, b, )"], False),
    ],
)
def test_a_mutant_that_says_the_same_to_python_is_none(lines: Sequence[str], same: bool) -> None:
    assert Mutant("a.py", "f", tuple(lines)).is_the_same == same


def test_a_ceiling_is_of_a_module_of_the_list() -> None:
    names = {target.name for target in TARGETS}
    assert ceilings().keys() <= names
    assert all(most > 0 for most in ceilings().values())


def test_properties_are_mutated_too() -> None:
    text = """\
class A:
    @property
    def one(self) -> int:
        return 1

    @staticmethod
    def two() -> int:
        return 2
"""
    bare = with_bare_properties(text)
    assert "@property" not in bare
    assert "    one = property(one)\n" in bare
    names: dict[str, Any] = {}
    exec(bare, names)  # noqa: S102 - our own code
    assert (names["A"]().one, names["A"].two()) == (1, 2)
