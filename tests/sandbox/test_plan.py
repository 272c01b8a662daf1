"""The four services of the sandbox have the same plan, and their modules import left only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from agilekit import sandbox

ROOT: Final = Path(sandbox.__file__).parent
SERVICES: Final = ("flyingdonut", "flow", "easybacklog", "kanbantool")
PLAN: Final = ("service", "routes", "handlers", "call", "params", "state", "serializers", "seed")

service = pytest.mark.parametrize("service", SERVICES)


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join((sandbox.__name__, *parts)).removesuffix(".__init__")


MODULES: Final = {dotted(path): path for path in sorted(ROOT.rglob("*.py"))}


def imports(path: Path) -> Iterator[str]:
    """The modules of the sandbox that one imports: at once, in a function, or only for types."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in MODULES else node.module


@service
def test_a_service_has_the_modules_of_the_plan(service: str) -> None:
    there = {path.stem for path in (ROOT / service).iterdir()}
    assert there >= set(PLAN)


@service
def test_every_route_leads_to_a_module_of_handlers(service: str) -> None:
    package = f"{sandbox.__name__}.{service}"
    homes = {route.handler.__module__ for route in import_module(f"{package}.routes").ROUTES}
    assert len(homes) > 1
    assert {home.rpartition(".")[0] for home in homes} == {f"{package}.handlers"}


def test_no_modules_of_the_sandbox_import_each_other_in_a_circle() -> None:
    graph = {name: set(imports(path)) for name, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imported in a circle: {' > '.join(error.args[1])}")
