"""What a document lists, the client makes and the sandbox serves: all of it, and nothing else."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import cast
from urllib.parse import urlsplit

import pytest

from agilekit import NotFound
from agilekit.sandbox.flyingdonut.routes import UNDOCUMENTED
from agilekit.sandbox.routing import Route
from tests.contract.page import table
from tests.contract.services import SERVICES, AnyOp, Made, Service, named
from tests.each import each
from tests.session.scripted import Say, Scripted

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
each_route = each(
    ("service", "op"),
    [(service, op) for service in SERVICES for op in service.ops.values()],
    ids=named,
)

each_call = each(
    ("service", "call"),
    [(service, call) for service in SERVICES for call in service.calls],
    ids=named,
)


def template(path: str) -> str:
    """A path whose ids have no names, since the sandbox names them by itself."""
    return re.sub(r"\{\w+\}", "{}", path)


def pattern(path: str) -> str:
    """A regular expression for a path with its ids filled in."""
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))


@each_service
def test_the_route_table_has_every_call_of_the_document_and_in_its_order(service: Service) -> None:
    assert list(dict.fromkeys(op.heading for op in service.ops.values())) == service.headings


@each_route
def test_every_route_is_in_a_method(service: Service, op: AnyOp) -> None:
    assert [name for name, ops in service.methods.items() if op in ops]


@each_service
def test_every_method_makes_a_documented_call(service: Service) -> None:
    assert [name for name, ops in service.methods.items() if not ops] == []


@pytest.mark.anyio
@each_call
async def test_a_method_fills_its_template_as_the_document_says(
    service: Service, call: Made
) -> None:
    server = Scripted(Say(status=404))
    client = service.at(server)
    async with client:
        with suppress(NotFound):
            await call.make(client)
    below = service.below.format(projectId=1)
    base_path = urlsplit(client.base_url).path
    method, path = server.calls[0]
    assert method == call.method
    assert path.partition("?")[0].removesuffix(".json") == f"{base_path}{below}{call.path}"


@each_route
def test_every_route_is_filled_by_a_call_of_the_tests(service: Service, op: AnyOp) -> None:
    assert [call for call in service.calls if fills(service, call, op)]


@each_call
def test_no_call_of_the_tests_is_without_a_route(service: Service, call: Made) -> None:
    assert [op for op in service.ops.values() if fills(service, call, op)]


def fills(service: Service, call: Made, op: AnyOp) -> bool:
    path = pattern(op.path.removeprefix(service.below))
    same = (call.heading, call.method) == (op.heading, op.method)
    return same and bool(re.fullmatch(path, call.path))


def served(route: Route[object]) -> tuple[str, str]:
    return route.method, template("/" + "/".join(route.template))


@each_service
def test_the_sandbox_serves_every_route_and_no_other(service: Service) -> None:
    made = {(op.method, template(op.path)) for op in service.ops.values()}
    assert {served(route) for route in service.served} == made


@each_service
def test_the_sandbox_serves_in_the_order_of_the_document(service: Service) -> None:
    made = [(op.method, template(op.path)) for op in service.ops.values()]
    assert [served(route) for route in service.served] == list(dict.fromkeys(made))


def test_what_the_sandbox_serves_beyond_the_documents_is_listed_apart() -> None:
    assert [served(cast("Route[object]", route)) for route in UNDOCUMENTED] == [
        ("GET", "/projects/{}/milestones"),
        ("GET", "/projects/{}/milestones/{}/items"),
    ]
    documented = {served(route) for service in SERVICES for route in service.served}
    assert not documented & {served(cast("Route[object]", route)) for route in UNDOCUMENTED}


@each_service
def test_the_page_of_documented_calls_has_each_with_its_method(service: Service) -> None:
    lines = table().splitlines()
    for op in service.ops.values():
        call = f"| {op.heading} | `{op.method} {op.path}` | `"
        assert any(line.startswith(call) for line in lines), call
