"""One word for one thing: words that were given up do not come back; each word has one entry."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import agilekit

pytestmark = pytest.mark.no_cover  # it reads the package, and runs nothing of it

ROOT: Final = Path(agilekit.__file__).parent
BESIDE: Final = Path(__file__).parents[1]
RETIRED: Final = Path(__file__).with_name("retired_words.list")
ENTRY: Final = re.compile(r"^\| ([^|]+?) \| ", re.MULTILINE)
ING: Final = {"listing", "locking", "paging", "polling", "rewriting", "routing"}
"""Files that end in -ing, and are nouns of this field all the same."""


def retired() -> set[str]:
    lines = (line.partition("#")[0].split() for line in RETIRED.read_text().splitlines())
    return {word for words in lines for word in words}


def names_in(module: Path) -> Iterator[tuple[str, int]]:
    """Each name that a module gives to something, with its line."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno
            case _:
                pass


def test_no_name_is_a_word_that_was_given_up() -> None:
    words = retired()
    back = [
        f"{module.relative_to(ROOT)}:{line}: {name}"
        for module in sorted(ROOT.rglob("*.py"))
        for name, line in [(module.stem, 1), *names_in(module)]
        if name in words or name.strip("_") in words
    ]
    assert not back


def test_files_are_named_by_nouns() -> None:
    verbs = [
        module.relative_to(ROOT)
        for module in ROOT.rglob("*.py")
        if module.stem.endswith("ing") and module.stem not in ING
    ]
    assert not verbs


def test_each_word_of_the_house_has_one_entry() -> None:
    text = (BESIDE / "CONTRIBUTING.md").read_text()
    glossary = text.partition("## The words of the house")[2].partition("\n## ")[0]
    words = [word.strip(" `") for entry in ENTRY.findall(glossary) for word in entry.split(",")]
    words = [word for word in words if word not in {"word", "---"}]
    assert len(words) > 40
    assert sorted(words) == sorted(set(words))
    assert not retired() & set(words)
