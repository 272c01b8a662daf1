"""The diagrams of docs/architecture.md are of this house: each arrow is an import; none lacks."""

from __future__ import annotations

import ast
import html
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import agilekit

pytestmark = pytest.mark.no_cover  # it reads the package, and runs nothing of it

ROOT: Final = Path(agilekit.__file__).parent
DIAGRAMS: Final = Path(__file__).parents[1] / "docs" / "architecture"
SERVICES: Final = {"flyingdonut", "flow", "easybacklog", "kanbantool"}
"""They are one box, as none of them knows another."""
ARROW: Final = re.compile(r'^\s*"?([\w/.]+)"? -> "?([\w/.]+)"?', re.MULTILINE)
NOT_DRAWN: Final = {"__init__", "__main__", "_version"}

Arrows = set[tuple[str, str]]


def drawn(diagram: str) -> Arrows:
    return set(ARROW.findall((DIAGRAMS / f"{diagram}.dot").read_text()))


def box_of(part: str) -> str:
    return "services" if part in SERVICES else part


def part_of(module: Path) -> str:
    part = module.relative_to(ROOT).parts[0].removesuffix(".py")
    # The list of the four, above them, has a box of its own.
    return "services.py" if part == "services" else box_of(part)


@cache
def imports_of(module: Path) -> frozenset[Path]:
    """The modules of the package that a module imports, for types as well."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            path = ROOT.parent.joinpath(*name.split("."))
            found |= {
                one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()
            }
    return frozenset(one for one in found if one.is_relative_to(ROOT))


def imports_between_parts() -> Arrows:
    arrows = {
        (part_of(module), part_of(other))
        for module in ROOT.rglob("*.py")
        for other in imports_of(module)
    }
    return {(a, b) for a, b in arrows if a != b and not {a, b} & NOT_DRAWN}


def reachable(arrows: Arrows) -> Arrows:
    """Each pair of boxes that a way along arrows connects."""
    found, more = set(arrows), set(arrows)
    while more:
        more = {(a, d) for a, b in found for c, d in arrows if b == c} - found
        found |= more
    return found


def test_the_diagram_of_the_floors_has_every_import_and_no_other() -> None:
    arrows, imports = drawn("floors"), imports_between_parts()
    assert arrows <= imports, sorted(arrows - imports)
    assert imports <= reachable(arrows), sorted(imports - reachable(arrows))
    assert not [box for box, other in reachable(arrows) if box == other]


def test_no_arrow_of_the_floors_says_what_others_say_already() -> None:
    arrows = drawn("floors")
    spare = {arrow for arrow in arrows if arrow in reachable(arrows - {arrow})}
    assert not spare


def test_each_step_of_a_call_is_an_import() -> None:
    for one, other in drawn("call"):
        assert (ROOT / one).is_file(), one
        assert ROOT / other in imports_of(ROOT / one), f"{one} does not import {other}"


@pytest.mark.parametrize("diagram", ["floors", "call"])
def test_the_picture_is_of_its_text(diagram: str) -> None:
    picture = (DIAGRAMS / f"{diagram}.svg").read_text()
    titles = {html.unescape(title) for title in re.findall("<title>(.*?)</title>", picture)}
    arrows = {f"{one}->{other}" for one, other in drawn(diagram)}
    assert {title for title in titles if "->" in title} == arrows
