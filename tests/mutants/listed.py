"""What mutants.toml says: the modules that are mutated, and the mutants that may survive."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).parents[2]
FILE: Final = Path(__file__).parent / "mutants.toml"
_SAME: Final = (
    (re.compile(r'\bcast\((?:"[^"]*"|\w+),'), "cast(…,"),
    (re.compile(r", (?:strict=(?:False|None),? *)?(?=\)|$)"), ""),
)


@frozen
class Target:
    """A module, or one function of it, and the tests that have to find its mutants."""

    module: str
    """A path from the root of the tree, with slashes."""
    function: str
    """As ``Session._outcome``; empty for the whole module."""
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.module}::{self.function}" if self.function else self.module

    def has(self, mutant: Mutant) -> bool:
        return self.module == mutant.module and self.function in ("", mutant.function)


@frozen
class Mutant:
    """A change of one function, told by the lines that it takes away and those that it brings."""

    module: str
    function: str
    changes: tuple[str, ...]
    """As ``- old line`` and ``+ new line``, without their indentation."""

    @classmethod
    def of_diff(cls, module: str, function: str, diff: str) -> Mutant:
        """Reads a diff, of which only the changed lines count."""
        lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
        changed = [line for line in lines if line.startswith(("-", "+"))]
        return cls(module, function, tuple(f"{line[0]} {line[1:].strip()}" for line in changed))

    @property
    def is_the_same(self) -> bool:
        """Whether both say the same to Python, so that it is neither to be found nor to be listed:
        another type for `cast`, which does nothing with it, or what `zip` does without `strict`.
        """
        return self._said("- ") == self._said("+ ")

    def _said(self, sign: str) -> str:
        lines = [line.removeprefix(sign) for line in self.changes if line.startswith(sign)]
        text = " ".join(lines)
        for same, plain in _SAME:
            text = same.sub(plain, text)
        return text

    def __str__(self) -> str:
        return "\n".join([f"{self.module}, {self.function}:", *self.changes])


@frozen
class Equivalent:
    """A mutant that changes nothing which could be told from outside."""

    mutant: Mutant
    reason: str


def ceilings(file: Path = FILE) -> dict[str, int]:
    """By target, how many of its mutants may survive that are not listed."""
    found: dict[str, int] = tomllib.loads(file.read_text(encoding="utf-8")).get("ceilings", {})
    return found


def targets(file: Path = FILE) -> list[Target]:
    found: list[Target] = []
    for name, tests in tomllib.loads(file.read_text(encoding="utf-8"))["modules"].items():
        module, _, function = name.partition("::")
        found.append(Target(module, function, tuple(tests)))
    return found


def equivalents(file: Path = FILE) -> list[Equivalent]:
    return [
        Equivalent(
            Mutant.of_diff(entry["module"], entry["function"], entry["diff"]), entry["reason"]
        )
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", [])
    ]
