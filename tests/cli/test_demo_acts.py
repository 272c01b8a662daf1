"""The acts of ``agilekit demo`` by themselves: each notices a service that does wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from agilekit.cli.demo import easybacklog, flow, kanbantool
from agilekit.cli.demo.witness import Witness
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request

pytestmark = pytest.mark.anyio

Act = Callable[[Sandbox, str, Witness], Awaitable[None]]


async def seen(act: Act, sandbox: Sandbox) -> tuple[Witness, str]:
    """The witness of an act, and what was told."""
    told = StringIO()
    witness = Witness("it", Console(file=told, width=80))
    async with sandbox.serve() as server:
        await act(sandbox, server.url, witness)
    return witness, told.getvalue()


@pytest.mark.parametrize("act", [kanbantool.play, easybacklog.play, flow.play])
async def test_an_act_finds_nothing_wrong_with_a_good_service(act: Act) -> None:
    sandbox = Sandbox("empty")
    witness, _ = await seen(act, sandbox)
    assert witness.wrong == []
    assert witness.checks > 5
    # A page that is read ahead may be cancelled before it arrives.
    assert 5 < sandbox.count() <= witness.requests


class LosesATask(Sandbox):
    """Loses a task of the archive before it is read."""

    def handle(self, request: Request) -> Answer:
        for board in self.kanbantool.boards.values():
            lost = [task.id for task in board.tasks.values() if task.name == "Task 350"]
            for id in lost:
                del board.tasks[id]
        return super().handle(request)


class DiffersInXml(Sandbox):
    """Changes the priority of a task that is read in XML."""

    def handle(self, request: Request) -> Answer:
        if request.path.endswith(".xml"):
            for board in self.kanbantool.boards.values():
                for task in board.tasks.values():
                    task.priority = 1
        return super().handle(request)


class CopiesHalf(Sandbox):
    """Loses the last story that there is when a copy is waited for."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        easy = self.easybacklog
        if len(easy.stories) > 12:
            easy.remove_story(list(easy.stories.values())[-1])
        return answer


class KnowsOneMoment(Sandbox):
    """Has a flow where nothing takes any time."""

    def handle(self, request: Request) -> Answer:
        self.flow.clock = lambda: datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
        return super().handle(request)


class ReadsLate(Sandbox):
    """Has a flow in which somebody edits each task before it is read in XML."""

    def handle(self, request: Request) -> Answer:
        if request.path.endswith(".xml"):
            for task in self.flow.tasks.values():
                task.text = "Something else"
        return super().handle(request)


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("act", "kind", "wrong", "claim"),
    [
        (kanbantool.play, LosesATask, "tasks read once: 699, expected 700", "700 of the 700"),
        (kanbantool.play, DiffersInXml, "what differs in XML, ", "three tasks are equal"),
        (easybacklog.play, CopiesHalf, "stories of the copy: 11, expected 12", "12 of 12"),
        (flow.play, KnowsOneMoment, "cycle time: 0, expected 3600", "60 min\n"),
        (flow.play, ReadsLate, "the task in XML: ", "reads the same"),
    ],
)
async def test_an_act_notices_what_is_wrong_and_does_not_claim_otherwise(
    act: Act, kind: type[Sandbox], wrong: str, claim: str
) -> None:
    witness, told = await seen(act, kind("empty"))
    assert any(line.startswith(wrong) for line in witness.wrong), witness.wrong
    assert claim not in told
