"""What a client is told to tell: one hook, several, and the log that a variable asks for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from io import StringIO

import pytest

from agilekit import (
    CallStarted,
    Event,
    EventHook,
    FlyingDonut,
    InvalidInput,
    KanbanTool,
    NotFound,
)
from agilekit.events import log
from agilekit.session.hooks import hook_of
from tests.each import each
from tests.session.scripted import SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def quiet_logger() -> Generator[logging.Logger]:
    """The logger, as a program has it that configures nothing."""
    logger = logging.getLogger("agilekit")
    handlers, level = list(logger.handlers), logger.level
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def without_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away those that pytest adds when a test begins."""
    monkeypatch.setattr(logging.root, "handlers", [])


async def test_several_hooks_are_told_the_same_in_order() -> None:
    told: list[tuple[int, Event]] = []
    hooks: list[EventHook] = [
        lambda event: told.append((1, event)),
        lambda event: told.append((2, event)),
        lambda event: told.append((3, event)),
    ]
    async with donut_at(Scripted(Say([])), on_event=hooks) as donut:
        hooks.clear()  # which hooks there are is settled when a client is made
        await donut.buckets.all()
    assert [number for number, _ in told] == [1, 2, 3] * (len(told) // 3)
    assert len(told) == 12


async def test_no_hook_ends_a_listing_as_if_it_were_whole() -> None:
    def hook(event: Event) -> None:
        if isinstance(event, CallStarted):
            raise StopAsyncIteration

    async with donut_at(Scripted(), on_event=hook) as donut:
        with pytest.raises(RuntimeError, match="a hook raised StopAsyncIteration"):
            async for _ in donut.buckets.all():
                pass


def test_no_hooks_are_as_none() -> None:
    assert hook_of([]) is None


@each("wrong", ["log", 1, ["log"], [None], object()])
def test_what_cannot_be_called_is_refused_when_a_client_is_made(wrong: object) -> None:
    with pytest.raises(InvalidInput, match="on_event must be a function or several of them"):
        FlyingDonut("p", secret="s", on_event=wrong)  # type: ignore[arg-type]


async def test_the_variable_switches_the_log_on_for_every_client(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_handlers(monkeypatch)
    monkeypatch.setenv("AGILEKIT_LOG", "debug")
    async with donut_at(Scripted(Say([]))) as donut:
        await donut.buckets.all()
    async with KanbanTool("a", token=SECRET, transport=Scripted(Say(status=404))) as kanban:
        with pytest.raises(NotFound):
            await kanban.boards.all()
    first, second = capsys.readouterr().err.splitlines()
    assert "DEBUG agilekit: GET /api/projects/" in first
    assert "WARNING agilekit: NotFound: GET /api/v1/boards.json: 404" in second
    assert len(logging.getLogger("agilekit").handlers) == 1


async def test_the_level_of_the_variable_is_that_of_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_handlers(monkeypatch)
    monkeypatch.setenv("AGILEKIT_LOG", " Warning ")
    async with donut_at(Scripted(Say([]))) as donut:
        await donut.buckets.all()
    assert capsys.readouterr().err == ""


async def test_with_handlers_of_the_program_the_log_writes_nothing_by_itself(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    without_handlers(monkeypatch)
    monkeypatch.setenv("AGILEKIT_LOG", "debug")
    async with donut_at(Scripted(Say([]))) as donut:
        monkeypatch.setattr(logging.root, "handlers", [caplog.handler])  # set up only now
        await donut.buckets.all()
    assert capsys.readouterr().err == ""
    assert len(caplog.records) == 1


async def test_a_log_that_the_program_passed_is_not_doubled_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AGILEKIT_LOG", "debug")
    async with donut_at(Scripted(Say([])), on_event=log()) as donut:
        await donut.buckets.all()
    assert len([record for record in caplog.records if record.name == "agilekit"]) == 1


async def test_a_log_that_goes_to_the_same_place_is_not_doubled_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AGILEKIT_LOG", "debug")
    async with donut_at(Scripted(Say([])), on_event=log("agilekit.mine")) as donut:
        await donut.buckets.all()
    assert [record.name for record in caplog.records] == ["agilekit.mine"]


async def test_handlers_that_the_log_does_not_reach_are_none(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    quiet_logger: logging.Logger,
) -> None:
    monkeypatch.setattr(quiet_logger, "propagate", False)
    monkeypatch.setenv("AGILEKIT_LOG", "debug")
    async with donut_at(Scripted(Say([]))) as donut:
        await donut.buckets.all()
    assert "DEBUG agilekit: GET /api/projects/" in capsys.readouterr().err


@each("stream", [None, "closed"])
async def test_a_log_that_cannot_be_written_disturbs_no_call(stream: str | None) -> None:
    closed = StringIO()
    closed.close()
    with pytest.MonkeyPatch.context() as patch:
        without_handlers(patch)
        patch.setenv("AGILEKIT_LOG", "debug")
        patch.setattr(sys, "stderr", closed if stream else None)
        async with donut_at(Scripted(Say([]))) as donut:
            assert await donut.buckets.all() == []


@each("wrong", ["loud", "10", "true"])
def test_a_variable_that_names_no_level_is_refused_when_a_client_is_made(wrong: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGILEKIT_LOG", wrong)
        with pytest.raises(InvalidInput, match="AGILEKIT_LOG must be 'debug', 'info'"):
            FlyingDonut("p", secret="s")


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGILEKIT_LOG", "")
    assert hook_of(None) is None
