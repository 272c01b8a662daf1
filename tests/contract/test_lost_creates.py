"""One create whose answer is lost: sent once, and told at once, with the time of sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import anyio
import pytest
from attrs import evolve, frozen

from agilekit import UnknownAfterServerError, UnknownOutcome
from agilekit.sandbox import Faults, Sandbox
from agilekit.session.client import Client
from tests.bulk.clients import easy_sprint, easy_story, easy_theme, kanban_board, kanban_task
from tests.bulk.donut import bucket_of, connect
from tests.contract.clients import easy_backlog, flow, kanban_tool
from tests.virtual_time import in_virtual_time

TIMEOUT: Final = 30.0


@frozen
class Create:
    """One call that creates."""

    name: str
    client: Callable[[Sandbox], Client]
    make: Callable[[Any, Sandbox], Awaitable[object]]

    def __str__(self) -> str:
        return self.name


def card(sandbox: Sandbox) -> str:
    donut = sandbox.flyingdonut
    return next(iter(donut.projects[donut.project_id].cards))


def free_story(sandbox: Sandbox) -> int:
    easy = sandbox.easybacklog
    return easy.add_story(easy.themes[easy_theme(sandbox)]).id


def _easy(name: str, make: Callable[[Any, Sandbox], Awaitable[object]]) -> Create:
    return Create(f"easyBacklog {name}", easy_backlog, make)


CREATES: Final = (
    Create("cards", connect, lambda it, box: it.cards.create(bucket_of(box), title="Oil")),
    Create("tasks of a card", connect, lambda it, box: it.tasks.create(card(box), title="Oil")),
    Create(
        "flow tasks",
        flow,
        lambda it, box: it.tasks.create(
            box.flow.project_id,
            task_text="Oil",
            task_type_id=box.flow.projects[box.flow.project_id].task_types[0],
        ),
    ),
    Create("flow keys", flow, lambda it, _: it.keys.create()),
    _easy("companies", lambda it, box: it.companies.create(box.easybacklog.account_id, name="Oil")),
    _easy("backlogs", lambda it, box: it.backlogs.create(box.easybacklog.account_id, name="Oil")),
    _easy(
        "duplicates",
        lambda it, box: it.backlogs.duplicate(
            box.easybacklog.account_id, box.easybacklog.backlog_id, name="Oil", wait=True
        ),
    ),
    _easy(
        "snapshots",
        lambda it, box: it.snapshots.create(
            box.easybacklog.account_id, box.easybacklog.backlog_id, name="Oil", wait=True
        ),
    ),
    _easy("themes", lambda it, box: it.themes.create(box.easybacklog.backlog_id, name="Oil")),
    _easy(
        "sprints",
        lambda it, box: it.sprints.create(
            box.easybacklog.backlog_id,
            start_on=date(2040, 1, 2),
            duration_days=5,
            number_team_members=1,
        ),
    ),
    _easy("stories", lambda it, box: it.stories.create(easy_theme(box), i_want_to="oil")),
    _easy("criteria", lambda it, box: it.criteria.create(easy_story(box), criterion="Oil")),
    _easy(
        "sprint stories",
        lambda it, box: it.sprint_stories.create(easy_sprint(box), story_id=free_story(box)),
    ),
    Create("tasks", kanban_tool, lambda it, box: it.tasks.create(kanban_board(box), name="Oil")),
    Create(
        "tasks over JSONP",
        lambda box: kanban_tool(box, format="jsonp", override=True),
        lambda it, box: it.tasks.create(kanban_board(box), name="Oil"),
    ),
    Create(
        "subtasks",
        kanban_tool,
        lambda it, box: it.subtasks.create(kanban_board(box), kanban_task(box), name="Oil"),
    ),
    Create(
        "comments",
        kanban_tool,
        lambda it, box: it.comments.create(kanban_board(box), kanban_task(box), content="Oil"),
    ),
    Create(
        "timers",
        kanban_tool,
        lambda it, box: it.timers.create(
            board_id=kanban_board(box), task_id=kanban_task(box), started_at=datetime.now(UTC)
        ),
    ),
)
LOSSES: Final = {
    "no answer": Faults(drop_after=1),
    "nothing made, no answer": Faults(drop_before=1),
    "a cut answer": Faults(cut_body=1),
    "a web page": Faults(garbage=1),
    "500": Faults(error_before=1),
    "500, made": Faults(error_after=1),
    "502": Faults(bad_gateway=1),
    "503": Faults(commit_late=1, commit_status=503),
    "504": Faults(commit_late=1, commit_status=504),
    "a timeout": Faults(latency=2 * TIMEOUT),
}


async def lost(create: Create, sandbox: Sandbox, faults: Faults) -> tuple[UnknownOutcome, float]:
    """The error, and after how many seconds it came."""
    async with create.client(sandbox) as client:
        sandbox.faults = faults
        began = anyio.current_time()
        with pytest.raises(UnknownOutcome) as caught:
            await create.make(client, sandbox)
        seconds = anyio.current_time() - began
        sandbox.faults = evolve(faults, latency=0)
        await anyio.sleep(300)
    return caught.value, seconds


@pytest.mark.quick(6)
@pytest.mark.parametrize("create", CREATES, ids=str)
def test_each_create_is_sent_once_and_fails_at_once(create: Create, anyio_backend: str) -> None:
    for name, faults in LOSSES.items():
        sandbox = Sandbox("demo")
        before = datetime.now(UTC)
        error, seconds = in_virtual_time(anyio_backend, partial(lost, create, sandbox, faults))
        assert seconds == (TIMEOUT if faults.latency else 0), name
        assert len(sandbox.requests) == (0 if faults.latency else 1), name
        assert isinstance(error, UnknownAfterServerError) == ("50" in name), name
        (attempt,) = error.attempts
        assert attempt.sent_at == error.sent_at
        assert error.sent_at is not None
        assert error.sent_at.utcoffset() == timedelta(0)
        assert before <= error.sent_at <= datetime.now(UTC)
