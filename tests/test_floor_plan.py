"""Who may import whom, over the syntax tree: left only.

``events, errors < wire < session < versioned, bulk < services < connections < export, blocking <
report < sandbox < cli``
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import agilekit
from tests.each import each

ROOT: Final = Path(agilekit.__file__).parent
SERVICES: Final = ("flyingdonut", "flow", "easybacklog", "kanbantool")
# From the left to the right; what stands together may not import each other.
FLOORS: Final[tuple[tuple[str, ...], ...]] = (
    ("_version",),
    ("events",),
    ("errors",),
    ("checks", "environment", "suggestions"),
    ("wire",),
    ("session",),
    ("journal", "versioned"),
    ("bulk",),
    SERVICES,
    ("connections",),
    ("export", "blocking"),
    ("report",),
    ("sandbox",),
    ("cli",),
    ("__main__",),
)
FLOOR: Final = {part: number for number, parts in enumerate(FLOORS) for part in parts}
KNOWS_HTTPX: Final = {"session/library.py", "session/transport.py", "sandbox/transport.py"}
MODULES: Final = sorted(ROOT.rglob("*.py"))


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def part_of(module: Path) -> str:
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    """The dotted names that a module imports, whether it does so at once or later."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(module)}:{node.lineno}: a relative import"
            assert node.module
            if node.module == "agilekit":
                yield from (f"agilekit.{alias.name}" for alias in node.names)
            else:
                yield node.module


def roots_of(module: Path) -> set[str]:
    """The libraries that a module imports."""
    return {name.partition(".")[0] for name in imports(module)}


def parts_of(module: Path) -> set[str]:
    """The parts of the house that a module imports, besides its own."""
    dotted = [name.split(".") for name in imports(module)]
    found = {path[1] for path in dotted if path[0] == "agilekit" and len(path) > 1}
    return found - {part_of(module)}


every = each("module", [path for path in MODULES if path != ROOT / "__init__.py"], ids=name_of)
wire = each("module", [path for path in MODULES if part_of(path) == "wire"], ids=name_of)
sandbox = each("module", [path for path in MODULES if part_of(path) == "sandbox"], ids=name_of)


@every
def test_a_module_imports_only_from_its_left(module: Path) -> None:
    part = part_of(module)
    assert part in FLOOR, f"{part} is missing in the floor plan"
    for other in parts_of(module):
        # The package itself gives every public name, so it stands to the right of them all.
        floor = FLOOR.get(other, FLOOR["export"])
        assert floor < FLOOR[part], f"{other} stands to the right of {part}, or beside it"


@sandbox
def test_the_sandbox_shares_nothing_with_the_client(module: Path) -> None:
    assert parts_of(module) <= {"_version"}


@wire
def test_wire_neither_waits_nor_talks_nor_looks_at_the_clock(module: Path) -> None:
    assert not roots_of(module) & {"anyio", "asyncio", "trio", "httpx", "httpx2", "socket", "time"}
    for node in ast.walk(ast.parse(module.read_text())):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"}


@every
def test_only_the_transports_know_the_http_library(module: Path) -> None:
    if roots_of(module) & {"httpx", "httpx2", "httpcore", "aiohttp", "requests", "urllib3"}:
        assert name_of(module) in KNOWS_HTTPX


@every
def test_what_is_asynchronous_comes_from_anyio_alone(module: Path) -> None:
    assert not roots_of(module) & {"asyncio", "trio", "sniffio"}


def test_every_public_name_is_there_once() -> None:
    assert len(set(agilekit.__all__)) == len(agilekit.__all__)
    for name in agilekit.__all__:
        assert hasattr(agilekit, name)
    assert not hasattr(agilekit, "no_such_name")


def test_the_package_itself_loads_neither_a_service_nor_the_http_library() -> None:
    code = "import sys, agilekit; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not loaded & {"httpx", "anyio", "cattrs", "agilekit.flyingdonut", "agilekit.session"}
