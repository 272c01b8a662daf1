"""Every documented call, made by the blocking methods as the tests of the async ones make it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from inspect import iscoroutine, signature
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from agilekit import NotFound
from agilekit.blocking import EasyBacklog, Flow, FlyingDonut, KanbanTool, Listing
from agilekit.blocking.portal import Portal
from agilekit.blocking.wrapped import wrapped
from tests.contract.services import SERVICES, Made, Service, named
from tests.each import each
from tests.session.scripted import Say, Scripted

CLASSES: Final[dict[str, type[Any]]] = {
    "flyingdonut": FlyingDonut,
    "flow": Flow,
    "easybacklog": EasyBacklog,
    "kanbantool": KanbanTool,
}

NOT_IDS: Final = {"drafts", "batch_size", "options"}


@pytest.fixture(autouse=True, scope="module")
def one_loop() -> Iterator[None]:
    """Begins once for all calls."""
    with Portal():
        yield


@each(
    ("service", "call"),
    [(service, call) for service in SERVICES for call in service.calls],
    ids=named,
)
def test_a_blocking_method_sends_what_the_document_says(service: Service, call: Made) -> None:
    server = Scripted(Say(status=404))
    with wrapped(CLASSES[service.name], service.at(server)) as client, suppress(NotFound):
        made: object = call.make(client)
        if iscoroutine(made):  # it awaits several calls, and there is none to await here
            made.close()
            return
        if isinstance(made, Listing):
            list(made)
    method, path = server.calls[0]
    base_url: str = client.base_url
    below = urlsplit(base_url).path + service.below.format(projectId=1)
    assert (method, path.partition("?")[0].removesuffix(".json")) == (
        call.method,
        f"{below}{call.path}",
    )


@each("service", SERVICES, ids=lambda service: service.name)
def test_a_blocking_job_without_drafts_gives_an_empty_report(service: Service) -> None:
    an_id = "1" * 24 if service.name == "flyingdonut" else 1
    server = Scripted(Say(status=404))
    with wrapped(CLASSES[service.name], service.at(server)) as client:
        jobs = [
            resource.create_many
            for resource in (getattr(client, name) for name in dir(client) if name[0] != "_")
            if hasattr(resource, "create_many")
        ]
        for job in jobs:
            ids = [an_id for name in signature(job).parameters if name not in NOT_IDS]
            with suppress(NotFound):
                assert len(job(*ids, drafts=[])) == 0
    assert jobs


def test_every_blocking_client_can_be_made_by_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "FLYINGDONUT_PROJECT": "any",
        "FLYINGDONUT_SECRET": "any",
        "FLOW_BOARD": "any",
        "FLOW_KEY": "any",
        "EASYBACKLOG_BASE_URL": "https://localhost/api",
        "EASYBACKLOG_TOKEN": "any",
        "KANBANTOOL_ACCOUNT": "any",
        "KANBANTOOL_TOKEN": "any",
    }.items():
        monkeypatch.setenv(f"AGILEKIT_{name}", value)
    easy = EasyBacklog.from_env()
    made = [FlyingDonut.from_env(), Flow.from_env(), easy, KanbanTool.from_env()]
    assert [type(client) for client in made] == [*CLASSES.values()]
    assert [repr(copy(client)) for client in made] == list(map(repr, made))
    exact = easy.exact()
    assert isinstance(exact, EasyBacklog)
    assert exact.exact() is None
