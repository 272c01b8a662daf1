"""Which small changes of the code does no test find? ``python -m tests.mutants.run FOLDER``.

mutmut makes the changes, the *mutants*, of the modules in mutants.toml, and runs the tests named
there against each, until the first that fails. A mutant that no test finds *survives*. It has to be
listed in mutants.toml, with the reason why it changes nothing that can be told from outside; and
what is listed has to survive.

Where a module has a ceiling, so many others may survive. It falls, and never rises: where fewer
survive, it is to be lowered.

Everything happens in copies of the tree in FOLDER, one for each module.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from tests.mutants.listed import ROOT, Equivalent, Mutant, Target, ceilings, equivalents, targets

_COPIED: Final = ("agilekit", "tests")
_FOUND: Final = ("killed", "timeout")
_OPTIONS: Final = """

[tool.mutmut]
source_paths = ["agilekit"]
only_mutate = [{module}]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = [
    "-p", "tests.mutants.plugin",
    "-p", "no:cacheprovider",
    "--numprocesses=0",
    "-m", "slow or not slow",
    "--hypothesis-profile=slow",
    "--hypothesis-seed=0",
]
# Only for mutants that wait for what never comes: ten times what the tests take, and 30 seconds.
# The others are ended by the CPU time that they use, whatever else the machine does.
timeout_constant = 3.0
timeout_multiplier = 10.0
track_dependencies = false
use_git_change_detection = false
"""


@frozen
class Survivor:
    mutant: Mutant
    diff: str
    status: str
    """``survived``, or what else mutmut says: ``no tests``, ``suspicious``."""


@frozen
class Result:
    """What became of the mutants of one module."""

    target: Target
    made: int
    timed_out: int
    survivors: tuple[Survivor, ...]
    seconds: float


def run(target: Target, folder: Path) -> Result:
    """Lets mutmut do its work in a fresh copy of the tree."""
    began = time.monotonic()
    _copy(target, folder)
    pattern = [_pattern(target)] if target.function else []
    _mutmut(folder, "run", *pattern)
    status_of = dict(_statuses(folder, target))
    survivors = [
        _survivor(name, status, target.module, folder)
        for name, status in status_of.items()
        if status not in _FOUND
    ]
    return Result(
        target,
        made=len(status_of),
        timed_out=[*status_of.values()].count("timeout"),
        survivors=tuple(one for one in survivors if not one.mutant.is_the_same),
        seconds=time.monotonic() - began,
    )


def _copy(target: Target, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    unwanted = shutil.ignore_patterns("__pycache__", ".*")
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    options = _OPTIONS.format(module=json.dumps(target.module), tests=json.dumps(target.tests))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(project + options, encoding="utf-8")
    module = folder / target.module
    text = module.read_text(encoding="utf-8")
    module.write_text(with_bare_properties(text), encoding="utf-8")


def with_bare_properties(text: str) -> str:
    """The same module, its properties made without a decorator.

    mutmut leaves functions alone that are decorated.
    """
    lines = text.splitlines()
    properties = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and [ast.unparse(decorator) for decorator in node.decorator_list] == ["property"]
    ]
    for node in sorted(properties, key=lambda node: node.lineno, reverse=True):
        assert node.end_lineno is not None
        lines.insert(node.end_lineno, f"{' ' * node.col_offset}{node.name} = property({node.name})")
        del lines[node.decorator_list[0].lineno - 1]
    return "\n".join([*lines, ""])


def _mutmut(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"mutmut {' '.join(arguments)} failed\n{ran.stdout[-5000:]}\n{ran.stderr[-5000:]}")
    return ran.stdout


def _statuses(folder: Path, target: Target) -> Iterator[tuple[str, str]]:
    """Each mutant by mutmut's name for it, and what became of it."""
    said = _mutmut(folder, "results", "--all", "true")
    for name, status in re.findall(r"^ +(\S+__mutmut_\d+): (.+)$", said, re.MULTILINE):
        if not target.function or _function(name) == target.function:
            yield name, status


def _survivor(name: str, status: str, module: str, folder: Path) -> Survivor:
    _, _, diff = _mutmut(folder, "show", name).partition("\n")
    return Survivor(Mutant.of_diff(module, _function(name), diff), diff, status)


def _pattern(target: Target) -> str:
    """What mutmut calls the mutants of a function; the way back is `_function`."""
    module = target.module.removesuffix(".py").replace("/", ".")
    cls, _, function = target.function.rpartition(".")
    return f"{module}.x{f'ǁ{cls}ǁ' if cls else '_'}{function}__mutmut_*"


def _function(name: str) -> str:
    bare, _, _ = name.rpartition(".")[2].rpartition("__mutmut_")
    if bare.startswith("xǁ"):
        return bare.removeprefix("xǁ").replace("ǁ", ".")
    return bare.removeprefix("x_")


def complaints(
    results: Iterable[Result],
    listed: Sequence[Equivalent],
    ceilings: Mapping[str, int] | None = None,
) -> list[str]:
    """Survivors that are not listed, and listed ones that do not survive.

    Of a module with a ceiling, only how many there are that are not listed.
    """
    results = list(results)
    said: list[str] = []
    for result in list(results):
        most = (ceilings or {}).get(result.target.name)
        if most is not None:
            results.remove(result)
            said += _beside_ceiling(result, listed, most)
    survivors = [survivor for result in results for survivor in result.survivors]
    survived = Counter(survivor.mutant for survivor in survivors)
    allowed = Counter(
        entry.mutant
        for entry in listed
        if any(result.target.has(entry.mutant) for result in results)
    )
    stale = allowed - survived
    unlisted = survived - allowed
    for survivor in survivors:
        if unlisted[survivor.mutant]:
            unlisted[survivor.mutant] -= 1
            said.append(f"{survivor.status}: {survivor.mutant.function}\n{survivor.diff}")
    said += [f"listed, and does not survive: {mutant}" for mutant in stale.elements()]
    return said


def _beside_ceiling(result: Result, listed: Sequence[Equivalent], most: int) -> list[str]:
    equal = Counter(entry.mutant for entry in listed)
    survived = Counter(survivor.mutant for survivor in result.survivors)
    count = (survived - equal).total()
    if count == most:
        return []
    what = "more than its ceiling of" if count > most else "lower its ceiling of"
    return [f"{result.target.name}: {count} survived, {what} {most}"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Finds the mutants that no test finds.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("modules", nargs="*", help="parts of their names; without any, all")
    arguments = parser.parse_args()
    results: list[Result] = []
    for number, target in enumerate(targets()):
        if arguments.modules and not any(part in target.name for part in arguments.modules):
            continue
        result = run(target, arguments.folder.resolve() / str(number))
        results.append(result)
        print(
            f"{target.name}: {result.made} mutants, {len(result.survivors)} survived,"
            f" {result.timed_out} ended by a time limit, {result.seconds:.0f} s",
            flush=True,
        )
    said = complaints(results, equivalents(), ceilings())
    print(*said, sep="\n\n")
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
