"""Who may import whom, over the syntax tree: only what stands to the left in `FLOORS`.

Each test lists the imports that break its rule, by the module that makes them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import agilekit

pytestmark = pytest.mark.no_cover  # it reads the package, and runs nothing of it

ROOT: Final = Path(agilekit.__file__).parent
SERVICES: Final = ("flyingdonut", "flow", "easybacklog", "kanbantool")
# From the left to the right. What stands together may not import each other; a part that is not
# there breaks nothing.
FLOORS: Final[tuple[tuple[str, ...], ...]] = (
    ("_version",),
    ("events",),
    ("errors",),
    ("checks", "environment", "first_use", "suggestions"),
    ("wire",),
    ("session",),
    ("versioned",),
    ("bulk",),
    SERVICES,
    ("services",),
    ("connections", "lookup"),
    ("export",),
    ("report",),
    ("dask", "dlt", "otel"),
    ("blocking",),
    ("sandbox",),
    ("demo",),
    ("cli",),
    ("__main__",),
)
FLOOR: Final = {part: number for number, parts in enumerate(FLOORS) for part in parts}
# The package itself gives every public name, so whoever imports from it stands to their right.
FLOOR_OF_PUBLIC_NAMES: Final = FLOOR["export"]
KNOWS_HTTPX: Final = {
    "session/http_library.py",
    "session/httpcore_network.py",
    "session/transport.py",
    "sandbox/transport.py",
}
# What the sources and the targets of an export have in common.
KNOWN_TO_BOTH_SIDES: Final = frozenset(
    {"damage", "done", "errors", "manifest", "optional", "project", "table", "tables"}
)
HTTP_LIBRARIES: Final = {"httpx", "httpx2", "httpcore", "aiohttp", "requests", "urllib3"}


def modules(folder: str = ".") -> list[str]:
    """The modules below a folder of the package, but for the package's own."""
    paths = (ROOT / folder).rglob("*.py")
    return sorted(
        path.relative_to(ROOT).as_posix() for path in paths if path != ROOT / "__init__.py"
    )


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def part_of(module: str) -> str:
    return module.partition("/")[0].removesuffix(".py")


def imports(module: str) -> Iterator[str]:
    """The dotted names that a module imports, at once or later."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: a relative import"
            assert node.module
            if node.module in {"agilekit", "agilekit.export"}:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def libraries(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports(module)}


def parts(module: str) -> set[str]:
    """The parts of the house that a module imports, besides its own."""
    dotted = [name.split(".") for name in imports(module)]
    return {path[1] for path in dotted if path[0] == "agilekit" and path[1:]} - {part_of(module)}


def test_every_part_of_the_house_has_a_floor() -> None:
    assert {part_of(module) for module in modules()} - FLOOR.keys() == set()


def test_a_module_imports_only_from_its_left() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in modules()
        for other in parts(module)
        if FLOOR.get(other, FLOOR_OF_PUBLIC_NAMES) >= FLOOR[part_of(module)]
    ]
    assert wrong == []


def test_the_sources_and_the_targets_of_an_export_do_not_know_each_other() -> None:
    wrong = [
        f"{module} imports {name}"
        for side in ("source", "target")
        for module in modules(f"export/{side}")
        for name in imports(module)
        if name.startswith("agilekit.export.")
        and name.split(".")[2] not in {side, *KNOWN_TO_BOTH_SIDES}
    ]
    assert wrong == []


def test_the_sandbox_shares_nothing_with_the_client() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in modules("sandbox")
        for other in parts(module) - {"_version"}
    ]
    assert wrong == []


def test_wire_neither_waits_nor_talks_nor_looks_at_the_clock() -> None:
    waits = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
    outside = {"anyio", "asyncio", "trio", "httpx", "httpx2", "socket", "time"}
    wrong = [
        f"{module} imports {name}"
        for module in modules("wire")
        for name in libraries(module) & outside
    ]
    for module in modules("wire"):
        for node in ast.walk(tree_of(module)):
            if isinstance(node, waits):
                wrong.append(f"{module} waits")
            elif isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                wrong.append(f"{module}:{node.lineno} looks at the clock")
    assert modules("wire")
    assert wrong == []


def test_only_the_transports_know_the_http_library() -> None:
    knowing = {module for module in modules() if libraries(module) & HTTP_LIBRARIES}
    assert knowing - KNOWS_HTTPX == set()


def test_what_is_asynchronous_comes_from_anyio_but_for_a_stream_and_a_loop_of_asyncio() -> None:
    loops = {"asyncio", "trio", "sniffio"}
    knowing = {module for module in modules() if libraries(module) & loops}
    assert knowing == {"session/asyncio_stream.py", "blocking/loop.py"}
