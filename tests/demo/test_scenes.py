"""The scenes of the demo: each notices a service that does wrong, and does not claim otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agilekit.demo.checks import CheckFailed
from agilekit.demo.scenes import SCENES
from agilekit.demo.stage import Counts, Stage
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request

pytestmark = pytest.mark.anyio


async def play(service: str, sandbox: Sandbox, folder: Path) -> Counts:
    """Plays the scenes of one service, and returns what its clients did."""
    async with sandbox.serve() as server:
        stage = Stage(sandbox, server.url, folder)
        for scene in SCENES:
            if scene.service == service:
                await scene.run(stage)
    return stage.count(service)


@pytest.mark.parametrize("service", ["Kanban Tool", "easyBacklog", "flow"])
async def test_a_scene_finds_nothing_wrong_with_a_good_service(
    service: str, tmp_path: Path
) -> None:
    sandbox = Sandbox("empty")
    counts = await play(service, sandbox, tmp_path)
    # A page that is read ahead may be cancelled before it arrives.
    assert 5 < sandbox.count() <= counts.requests


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
    ("service", "kind", "wrong", "claim"),
    [
        ("Kanban Tool", LosesATask, "tasks read once: 699, expected 700", "700 of the 700"),
        ("Kanban Tool", DiffersInXml, "what differs in XML: ", "three tasks are equal"),
        ("easyBacklog", CopiesHalf, "stories of the copy: 11, expected 12", "12 of 12"),
        ("flow", KnowsOneMoment, "cycle time: 0, expected 3600", "40 min"),
        ("flow", ReadsLate, "the task in XML: ", "it is the same"),
    ],
)
async def test_a_scene_notices_what_is_wrong_and_does_not_claim_otherwise(
    service: str,
    kind: type[Sandbox],
    wrong: str,
    claim: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CheckFailed) as failed:
        await play(service, kind("empty"), tmp_path)
    assert str(failed.value).startswith(wrong)
    assert claim not in capsys.readouterr().out
