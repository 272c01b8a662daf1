"""The four services: what a document lists, what the client has, and what the sandbox serves."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Literal, Protocol, TypeAlias, cast

import httpx
from attrs import frozen

from agilekit import (
    EasyBacklog,
    Flow,
    FlyingDonut,
    KanbanTool,
    easybacklog,
    flow,
    flyingdonut,
    kanbantool,
)
from agilekit.bulk import CreateSpec
from agilekit.easybacklog import routes as easybacklog_routes
from agilekit.flow import routes as flow_routes
from agilekit.flyingdonut import routes as flyingdonut_routes
from agilekit.flyingdonut.models import Card
from agilekit.flyingdonut.updates import UpdateSpec
from agilekit.kanbantool import routes as kanbantool_routes
from agilekit.sandbox.easybacklog import routes as easybacklog_served
from agilekit.sandbox.flow import routes as flow_served
from agilekit.sandbox.flyingdonut import routes as flyingdonut_served
from agilekit.sandbox.kanbantool import routes as kanbantool_served
from agilekit.sandbox.routing import Route as ServedRoute
from agilekit.session.client import Client
from agilekit.wire.route import Route
from tests.contract.headings import Heading
from tests.easybacklog import calls as easybacklog_calls
from tests.flow import calls as flow_calls
from tests.flyingdonut import calls as flyingdonut_calls
from tests.kanbantool import calls as kanbantool_calls
from tests.session.scripted import Scripted

AnyOp: TypeAlias = Route[object]


class Made(Protocol):
    """A call that a test makes."""

    @property
    def heading(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str:
        """With the ids that the test gives."""
        ...

    @property
    def make(self) -> Callable[[Any], Awaitable[object]]: ...


@frozen
class Service:
    name: Literal["flyingdonut", "flow", "easybacklog", "kanbantool"]
    title: str
    documents: Mapping[str, Sequence[Heading]]
    package: ModuleType
    routes: ModuleType
    served: Sequence[ServedRoute[object]]
    at: Callable[[httpx.AsyncBaseTransport], Client]
    """A client that speaks to a server."""
    calls: Sequence[Made]
    """Those of the tests, typed from the document."""
    below: str = ""
    """What the paths of the calls leave out."""

    @property
    def client(self) -> Client:
        return self.at(Scripted())

    @property
    def headings(self) -> list[str]:
        """The headings of the calls."""
        every = [heading for page in self.documents.values() for heading in page]
        return [heading for heading in every if isinstance(heading, str)]

    @property
    def ops(self) -> dict[str, AnyOp]:
        """The route table, by the names of its constants."""
        values = cast("Mapping[str, object]", vars(self.routes))
        return {name: cast("AnyOp", op) for name, op in values.items() if isinstance(op, Route)}

    @property
    def methods(self) -> dict[str, list[AnyOp]]:
        """The calls that each method of a resource makes, such as ``cards.get``."""
        return {
            name: [
                op
                for word in dict.fromkeys(re.findall(r"\b[A-Z_]{4,}\b", source))
                for op in self._named(word, source)
            ]
            for name, source in self._sources()
        }

    def _named(self, word: str, source: str) -> list[AnyOp]:
        """The calls that a constant stands for: its own, or those of a row of what is created or
        updated.
        """
        if word in self.ops:
            return [self.ops[word]]
        table = "updates" if word.endswith("_UPDATES") else "specs"
        spec: object = getattr(import_module(f"{self.package.__name__}.{table}"), word, None)
        if isinstance(spec, UpdateSpec):
            update = cast("UpdateSpec[Card]", spec)
            return [cast("AnyOp", update.fetch), cast("AnyOp", update.put)]
        if isinstance(spec, CreateSpec) and f"{word}.within(" in source:
            create = cast("CreateSpec[object]", spec)
            return [create.send.route, cast("AnyOp", create.listing)]
        return []

    def _sources(self) -> Iterator[tuple[str, str]]:
        for attribute, resource in cast("dict[str, object]", vars(self.client)).items():
            cls = resource.__class__
            if attribute.startswith("_") or not cls.__module__.startswith(self.package.__name__):
                continue
            for name, method in vars(cls).items():
                if inspect.isfunction(method) and not name.startswith("_"):
                    yield f"{attribute}.{name}", _source(cls, method)


def named(one: Service | Made | AnyOp) -> str:
    """What a test that fails calls it."""
    return one.name if isinstance(one, Service) else f"{one.method} {one.path}"


def _source(cls: type[object], method: Callable[..., object]) -> str:
    """The source of a method, and of what of its class and its package it calls."""
    own = inspect.getsource(method)
    package = cls.__module__.rpartition(".")[0]
    called = [getattr(cls, name) for name in re.findall(r"self\.(\w+)\(", own)]
    for name in re.findall(r"(?<![\w.])(\w+)\(", own):
        function = vars(sys.modules[cls.__module__]).get(name)
        if inspect.isfunction(function) and function.__module__.startswith(package):
            called.append(function)
    return own + "".join(map(inspect.getsource, dict.fromkeys(called)))


SERVICES: Final = (
    Service(
        "flyingdonut",
        "Flying Donut",
        {
            "Flying Donut API": flyingdonut_calls.DOCUMENT,
            "Flying Donut guide to the API": flyingdonut_calls.GUIDE,
        },
        flyingdonut,
        flyingdonut_routes,
        cast("Sequence[ServedRoute[object]]", flyingdonut_served.ROUTES),
        lambda server: FlyingDonut("1", secret="5ec2e700", username="jane.smith", transport=server),
        flyingdonut_calls.CALLS,
        below="/projects/{projectId}",
    ),
    Service(
        "flow",
        "flow",
        {"flow API Reference": flow_calls.DOCUMENT},
        flow,
        flow_routes,
        cast("Sequence[ServedRoute[object]]", flow_served.ROUTES),
        lambda server: Flow("midori", key="5ec2e700", user_id=1, transport=server),
        flow_calls.CALLS,
    ),
    Service(
        "easybacklog",
        "easyBacklog",
        {"easyBacklog API documentation": easybacklog_calls.DOCUMENT},
        easybacklog,
        easybacklog_routes,
        cast("Sequence[ServedRoute[object]]", easybacklog_served.ROUTES),
        lambda server: EasyBacklog(
            "https://localhost:3000/api", token="5ec2e700", transport=server
        ),
        easybacklog_calls.CALLS,
    ),
    Service(
        "kanbantool",
        "Kanban Tool",
        {"KanbanTool API v1.1 Guide": kanbantool_calls.DOCUMENT},
        kanbantool,
        kanbantool_routes,
        cast("Sequence[ServedRoute[object]]", kanbantool_served.ROUTES),
        lambda server: KanbanTool("mycompany", token="5ec2e700", transport=server),
        kanbantool_calls.CALLS,
    ),
)
