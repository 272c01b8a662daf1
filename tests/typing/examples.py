"""The examples of the documentation under the type checkers: ``python -m tests.typing.examples``.

Each page becomes one module, in which every example stands on the lines that it has in the page,
so that what a checker says names the line of the page. All examples of a page are one function,
because both checkers allow ``await`` and ``async with`` nowhere else; the names that
`tests/test_docs.py` provides to the examples are its parameters.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import Final

from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

_INDENT: Final = 4
_PROVIDED: Final = {
    "sandbox": "_Sandbox",
    "donut": "agilekit.FlyingDonut",
    "flow": "agilekit.Flow",
    "easy": "agilekit.EasyBacklog",
    "kanban": "agilekit.KanbanTool",
}
_PARAMETERS: Final = ", ".join(f"{name}: {type_}" for name, type_ in _PROVIDED.items())
# The first lines of the module, where a page has its title.
_FIRST: Final = (
    "import agilekit; from agilekit.sandbox import Sandbox as _Sandbox",
    f"async def page({_PARAMETERS}) -> None:",
)

_MYPY: Final = (
    "--show-column-numbers",
    "--untyped-calls-exclude=distributed",  # it has types for only some of its methods
    "--no-error-summary",
    "--allow-redefinition",  # each example stands for itself, and takes the name that fits it
)
# What an example defines, it shows: nothing else has to use it.
_PYRIGHT: Final[Mapping[str, object]] = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "exclude": [],
    "reportUnusedClass": "none",
    "reportUnusedFunction": "none",
    "reportUnusedVariable": "none",
}
_PLACE: Final = re.compile(r"\s*(?:.*/)?(?P<module>page_\w+\.py):(?P<line>\d+):(?P<column>\d+)")


def module_of(page: Path) -> str:
    """The examples of a page as a module; nothing where it has none."""
    parser = CodeBlockParser(language="python", evaluator=lambda _: None)
    lines = [""] * (page.read_text(encoding="utf-8").count("\n") + 1)
    for example in Sybil(parsers=[parser]).parse(page).examples():
        first = example.line + example.parsed.line_offset
        code = indent(str(example.parsed), " " * _INDENT).splitlines()
        lines[first : first + len(code)] = code
    if not any(lines):
        return ""
    assert not any(lines[: len(_FIRST)]), f"{page} begins with an example"
    return "\n".join([*_FIRST, *lines[len(_FIRST) :], ""])


def complaints(pages: Iterable[Path], folder: Path) -> list[str]:
    """What mypy and pyright say of the examples, by the lines of the pages."""
    modules: dict[str, Path] = {}
    for number, page in enumerate(pages):
        if text := module_of(page):
            name = f"page_{number}_{page.stem}.py"
            (folder / name).write_text(text, encoding="utf-8")
            modules[name] = page
    (folder / "pyrightconfig.json").write_text(json.dumps(_PYRIGHT))
    config = str(ROOT / "pyproject.toml")
    said = [
        *_said_by(
            [sys.executable, "-m", "mypy", "--config-file", config, *_MYPY, *modules], folder
        ),
        *_said_by(
            [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", "."],
            folder,
        ),
    ]
    return [_of_page(line, found, modules) for line, found in said]


def _said_by(checker: Sequence[str], folder: Path) -> list[tuple[str, re.Match[str]]]:
    run = subprocess.run(checker, cwd=folder, capture_output=True, text=True, check=False)
    said = [(line, found) for line in run.stdout.splitlines() if (found := _PLACE.match(line))]
    # One that fails without a complaint has not checked anything.
    assert bool(said) == (run.returncode == 1), f"{run.stdout}{run.stderr}"
    return said


def _of_page(line: str, found: re.Match[str], modules: Mapping[str, Path]) -> str:
    """A checker's line, with the place in the page instead of the one in the module."""
    column = max(1, int(found["column"]) - _INDENT)
    place = f"{modules[found['module']]}:{found['line']}:{column}"
    return place + line[found.end() :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="keeps what the checkers know")
    arguments = parser.parse_args()
    with TemporaryDirectory() as fresh:
        folder = (arguments.folder or Path(fresh)).resolve()
        for old in folder.glob("page_*.py"):
            old.unlink()
        said = complaints(PAGES, folder)
    print(*said, sep="\n")  # noqa: T201 - what a program says
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
