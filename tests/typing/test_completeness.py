"""The type tests leave nothing out that a service gives to the public.

Each service has a file here, in which its client is always the same variable.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import (
    Final,
    TypeAlias,
    Unpack,
    get_args,
    get_origin,
    get_overloads,
    get_type_hints,
    is_typeddict,
)

import attrs
import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool, bulk

Client: TypeAlias = EasyBacklog | Flow | FlyingDonut | KanbanTool

CLIENTS: Final[dict[str, Client]] = {
    "donut": FlyingDonut("54744060c955ca8169c61ee6", secret="68300163a5d8b2d71d60fff19f056ab3"),
    "flow": Flow("midori", key="b2401f37986bc90fb0cc"),
    "easy": EasyBacklog("http://localhost:3000/api", token="iulmbugli2czx7jitqiq"),
    "kanban": KanbanTool("mycompany", token="B0A2D5"),
}
# Of Flying Donut's many versioned attributes, each type is asserted once.
WHOLE: Final = ("flow", "easy", "kanban")


def test_each_result_that_is_inferred_is_asserted() -> None:
    public = {
        f"{variable}.{resource}.{name}"
        for variable, client in CLIENTS.items()
        for resource, name, method in _methods(client)
        if not _is_declared(method)
    }
    assert public
    calls = {
        ast.unparse(node.func)
        for client in CLIENTS.values()
        for function in _functions(client)
        for expression in _asserted(function)
        for node in ast.walk(expression)
        if isinstance(node, ast.Call)
    }
    assert sorted(public - calls) == []


@pytest.mark.parametrize("variable", CLIENTS)
def test_no_method_takes_a_keyword_that_it_does_not_declare(variable: str) -> None:
    for resource, name, method in _methods(CLIENTS[variable]):
        for parameter in inspect.signature(method).parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                declared = _hints(method)[parameter.name]
                assert get_origin(declared) is Unpack, f"{resource}.{name}"
                assert is_typeddict(get_args(declared)[0]), f"{resource}.{name}"


@pytest.mark.parametrize("variable", WHOLE)
def test_every_attribute_of_every_entity_is_asserted(variable: str) -> None:
    client = CLIENTS[variable]
    public = {
        f"{entity.__name__}.{name}" for entity in _entities(client) for name in _attributes(entity)
    }
    assert public
    asserted = {
        f"{ast.unparse(parameter.annotation)}.{expression.attr}"
        for function in _functions(client)
        for parameter in function.args.args
        if parameter.annotation is not None
        for expression in _asserted(function)
        if isinstance(expression, ast.Attribute)
        and isinstance(expression.value, ast.Name)
        and expression.value.id == parameter.arg
    }
    assert sorted(public - asserted) == []


def _is_declared(method: Callable[..., object]) -> bool:
    """Whether the result is of one class, or a listing of one, as tests/surface has it written."""
    result = _hints(method).get("return")
    kind = get_origin(result) or result
    return isinstance(kind, type) and kind is not UnionType and not get_overloads(method)


def _hints(method: Callable[..., object]) -> dict[str, object]:
    """The annotations of a method, which may name what bulk creation loads when it is used."""
    late: dict[str, object] = {name: getattr(bulk, name) for name in bulk.__all__}
    return get_type_hints(method, localns=late)


def _service(client: Client) -> str:
    return type(client).__module__.split(".")[1]


def _methods(client: Client) -> Iterator[tuple[str, str, Callable[..., object]]]:
    attributes: dict[str, object] = vars(client)
    for resource, value in attributes.items():
        if not resource.startswith("_") and type(value).__module__.startswith("agilekit."):
            members: list[tuple[str, Callable[..., object]]]
            members = inspect.getmembers(type(value), inspect.isroutine)
            for name, method in members:
                if not name.startswith("_"):
                    yield resource, name, method


def _entities(client: Client) -> Iterator[type[attrs.AttrsInstance]]:
    package = import_module(f"agilekit.{_service(client)}")
    for name in package.__all__:
        if attrs.has(found := getattr(package, name)):
            yield found


def _attributes(entity: type[attrs.AttrsInstance]) -> Iterator[str]:
    yield from (field.name for field in attrs.fields(entity))
    properties = inspect.getmembers(entity, lambda it: isinstance(it, property))
    yield from (name for name, _ in properties if not name.startswith("__"))


def _functions(client: Client) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    file = Path(__file__).with_name(f"test_{_service(client)}.py")
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _asserted(function: ast.AST) -> Iterator[ast.expr]:
    """What an ``assert_type`` of the function is about; a variable stands for its value, too."""
    variables: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "assert_type":
            yield node.args[0]
            variables |= {name.id for name in ast.walk(node.args[0]) if isinstance(name, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in variables:
            yield node.value
