"""The generated modules are those that are stored, and leave out nothing that is public."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, get_type_hints

import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool, blocking
from agilekit.session.client import Client
from scripts.blocking.modules import ROOT, texts
from tests.each import each

CLIENTS: Final[dict[str, Client]] = {
    "FlyingDonut": FlyingDonut("any", secret="any", username="any"),
    "Flow": Flow("any", key="any"),
    "EasyBacklog": EasyBacklog("https://localhost/api", token="any"),
    "KanbanTool": KanbanTool("any", token="any"),
}
BLOCKING: Final[dict[str, blocking.Client[Client]]] = {
    "FlyingDonut": blocking.FlyingDonut("any", secret="any", username="any"),
    "Flow": blocking.Flow("any", key="any"),
    "EasyBacklog": blocking.EasyBacklog("https://localhost/api", token="any"),
    "KanbanTool": blocking.KanbanTool("any", token="any"),
}
FUNCTIONS: Final = {
    "export": "agilekit.export",
    "part": "agilekit.export",
    "rows": "agilekit.export",
    "export_shard": "agilekit.export.shards",
}
ON_DASK: Final = ("create_on", "export_on")
WRITTEN_BY_HAND: Final = {
    *("__init__.py", "call.py", "clients.py", "context.py", "drafts.py", "listing.py", "loop.py"),
    *("batches.py", "portal.py", "project_rows.py", "wrapped.py"),
}


@pytest.mark.no_cover
def test_the_stored_modules_are_what_the_script_makes_of_the_async_ones() -> None:
    made = texts()
    stored = set((ROOT / "blocking").rglob("*.py"))
    assert {path.relative_to(ROOT / "blocking") for path in stored - made.keys()} == {
        Path(name) for name in WRITTEN_BY_HAND
    }
    stale = [str(path) for path, text in made.items() if path.read_text("utf-8") != text]
    assert stale == [], "python -m scripts.blocking brings them up to date"


@each("name", CLIENTS)
def test_a_blocking_client_has_every_resource_attribute_and_method(name: str) -> None:
    client, waits = CLIENTS[name], BLOCKING[name]
    resources = _public(client) - {"is_open"}
    assert resources <= _public(waits)
    for attribute in _public(client):
        ours: object = getattr(waits, attribute)
        theirs: object = getattr(client, attribute)
        if type(theirs).__module__.startswith("agilekit."):
            assert type(ours).__name__ == type(theirs).__name__
            assert type(ours).__doc__ == type(theirs).__doc__
            assert _public(theirs) <= _public(ours)
            _compare(type(ours), type(theirs))
        elif not callable(theirs):
            assert ours == theirs
    _compare(type(waits), type(client))
    assert _words(type(client).__doc__) == type(waits).__doc__


@each("name", FUNCTIONS)
def test_a_blocking_function_has_the_parameters_of_the_async_one(name: str) -> None:
    _compare_calls(getattr(blocking, name), getattr(import_module(FUNCTIONS[name]), name))


@each("name", ON_DASK)
def test_a_blocking_function_of_dask_has_the_parameters_of_the_async_one(name: str) -> None:
    ours, theirs = import_module("agilekit.blocking.dask"), import_module("agilekit.dask")
    _compare_calls(getattr(ours, name), getattr(theirs, name))


@each("name", BLOCKING)
def test_the_types_of_every_blocking_method_can_be_asked_for(name: str) -> None:
    client = BLOCKING[name]
    for holder in (client, *(getattr(client, one) for one in _public(client))):
        for one, method in inspect.getmembers(holder, inspect.ismethod):
            if not one.startswith("_"):
                assert "return" in get_type_hints(method), f"{holder} {one}"
                assert not inspect.iscoroutinefunction(method)


def test_every_blocking_name_is_found_where_it_is_asked_for() -> None:
    assert set(blocking.__all__) <= set(dir(blocking))
    assert all(getattr(blocking, name) is not None for name in blocking.__all__)
    assert not hasattr(blocking, "NoSuchName")


def test_no_generated_signature_or_docstring_speaks_of_what_is_awaited() -> None:
    for path, text in texts().items():
        for docstring in re.findall(r'"""(?:[^"]|"(?!""))*"""', text):
            for found in re.findall(r"async (?:with|for)|\bawait\b", docstring):
                raise AssertionError(f"{path}: {found}")


def _compare(ours: type[object], theirs: type[object]) -> None:
    is_client = issubclass(theirs, Client)
    for name, function in inspect.getmembers(theirs, callable):
        if (name == "__init__" and is_client) or not name.startswith("_"):
            _compare_calls(getattr(ours, name), function)


def _compare_calls(ours: Callable[..., object], theirs: Callable[..., object]) -> None:
    assert list(_signature(ours)) == list(_signature(theirs)), ours
    assert inspect.getdoc(ours) == _words(inspect.getdoc(theirs))


def _signature(function: Callable[..., object]) -> Iterator[tuple[object, ...]]:
    """Names, kinds, defaults and types, but for those of clients and iterators."""
    signature = inspect.signature(function)
    for one in signature.parameters.values():
        annotation = str(one.annotation).replace("Exportable", "AnyClient")
        yield one.name, one.kind, one.default, annotation
    yield (str(signature.return_annotation).replace("AsyncIterator", "Iterator"),)


def _public(holder: object) -> set[str]:
    return {name for name in dir(holder) if not name.startswith("_")}


def _words(docstring: str | None) -> str | None:
    if docstring is None:
        return None
    there = re.sub(r"async (with|for)\b", r"\1", docstring)
    return there.replace("in an event loop", "in the loop of all blocking clients")
