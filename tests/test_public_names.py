"""The names that ``agilekit`` gives out."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Final, get_type_hints

import pytest

import agilekit
from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool, blocking, versioned

# What creates in bulk, edits, repeats after an error, reads XML, and is for pydantic.
FOR_SOME_CALLS: Final = {
    "agilekit.bulk",
    "agilekit.versioned.edits",
    "agilekit.versioned.engine",
    "agilekit.wire.pydantic_schema",
    "agilekit.wire.xml_builder",
    "agilekit.wire.xml_tree",
    "pydantic",
    "tenacity",
    "xmltodict",
    "zoneinfo",
}


def test_every_public_name_is_found_where_it_is_asked_for() -> None:
    assert len(set(agilekit.__all__)) == len(agilekit.__all__)
    for name in agilekit.__all__:
        assert getattr(agilekit, name) is not None
    assert set(agilekit.__all__) <= set(dir(agilekit))


@pytest.mark.parametrize("package", [agilekit, versioned, blocking], ids=lambda one: one.__name__)
def test_the_table_of_modules_says_what_type_checkers_see(package: ModuleType) -> None:
    assert package.__file__ is not None
    seen = {
        alias.name: node.module
        for block in ast.parse(Path(package.__file__).read_text(encoding="utf-8")).body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == vars(package)["_MODULES"]
    assert {*seen} == {*package.__all__} - {"__version__"}
    assert all(getattr(package, name) is not None for name in seen)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    assert not hasattr(agilekit, "NoSuchName")
    assert not hasattr(versioned, "NoSuchName")


@pytest.mark.parametrize(
    "client",
    [
        FlyingDonut("any", secret="any"),
        Flow("any", key="any"),
        EasyBacklog("https://localhost/api", token="any"),
        KanbanTool("any", token="any"),
    ],
    ids=lambda client: type(client).__name__,
)
def test_the_types_of_every_method_can_be_asked_for(client: object) -> None:
    resources = [one for name, one in vars(client).items() if not name.startswith("_")]
    methods = [
        method
        for holder in (client, *resources)
        for name, method in inspect.getmembers(holder, inspect.ismethod)
        if not name.startswith("_")
    ]
    assert len(methods) > 10
    for method in methods:
        assert "return" in get_type_hints(method), method
        inspect.signature(method, eval_str=True)


def modules_after(statement: str) -> set[str]:
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_client_imports_nothing_of_the_extras() -> None:
    # httpx imports click and rich by itself where they are installed.
    loaded = modules_after("from agilekit import FlyingDonut") - modules_after("import httpx")
    packages = {name.partition(".")[0] for name in loaded}
    assert packages.isdisjoint({"click", "rich", "pytest", "sqlite3", "pyarrow"})
    assert "agilekit.sandbox" not in loaded


def test_importing_only_agilekit_imports_neither_a_library_nor_a_service() -> None:
    loaded = modules_after("import agilekit")
    assert loaded.isdisjoint({"httpx", "attrs", "cattrs", "anyio"})
    assert loaded.isdisjoint({"agilekit.flyingdonut", "agilekit.session"})


def test_a_client_imports_no_other_service() -> None:
    services = {"flyingdonut", "flow", "easybacklog", "kanbantool"}
    for service, client in (("flow", "Flow"), ("kanbantool", "KanbanTool")):
        loaded = modules_after(f"from agilekit import {client}")
        assert {name for name in services if f"agilekit.{name}" in loaded} == {service}


@pytest.mark.parametrize(
    "client",
    [
        "FlyingDonut('any', secret='any')",
        "Flow('any', key='any')",
        "EasyBacklog('https://localhost/api', token='any')",
        "KanbanTool('any', token='any')",
    ],
)
def test_what_only_some_calls_need_is_imported_by_the_first_of_them(client: str) -> None:
    loaded = modules_after(f"from agilekit import {client.partition('(')[0]}; {client}")
    assert loaded.isdisjoint(FOR_SOME_CALLS)
    services = {name for name in loaded if name.count(".") == 2}
    assert {name for name in services if name.endswith((".specs", ".survey", ".updates"))} == set()


def test_a_blocking_client_loads_no_more_than_the_async_one_and_its_own_face() -> None:
    loaded = modules_after("from agilekit.blocking import Flow; Flow('any', key='any')")
    assert loaded.isdisjoint(FOR_SOME_CALLS | {"agilekit.export", "agilekit.kanbantool"})


def test_the_export_can_be_called_by_either_name() -> None:
    from agilekit import export as module
    from agilekit.export import export

    assert callable(module)
    assert type(module).__call__ is export
