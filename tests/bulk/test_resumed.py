"""Drafts of a killed job, whose items others have moved, renamed or deleted before it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anyio
import pytest

from agilekit import BulkReport
from agilekit.bulk import Draft
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flow import Edit
from tests.bulk.clients import TRIALS, Trial, easy_theme, kanban_board
from tests.bulk.donut import POST, bucket_of, card_drafts, connect
from tests.virtual_time import in_virtual_time

LOST: Final = Faults(drop_after=1, methods=POST)
BY_NAME: Final = {trial.name: trial for trial in TRIALS}


class Killed:
    """A job that is killed while nothing tells what became of its drafts, and run again."""

    def __init__(self, backend: str, sandbox: Sandbox, path: Path) -> None:
        self.sandbox = sandbox
        self._backend = backend
        self._journal = path / "job.journal"

    def trial(
        self, trial: Trial, drafts: list[Draft], meanwhile: Callable[[set[int]], object]
    ) -> BulkReport[Any]:
        """
        meanwhile: what others do, who are told the ids of what was created.
        """
        before = set(trial.held(self.sandbox))

        async def job() -> BulkReport[Any]:
            return await trial.job(self.sandbox, "json", drafts, {"journal": self._journal})

        return self._run(job, lambda: meanwhile(trial.held(self.sandbox).keys() - before))

    def cards(self, drafts: list[Draft], meanwhile: Callable[[list[Any]], object]) -> Any:
        service = self.sandbox.flyingdonut
        project = service.projects[service.project_id]
        before = set(project.cards)

        async def job() -> BulkReport[Any]:
            async with connect(self.sandbox) as donut:
                given: Any = drafts
                bucket = bucket_of(self.sandbox)
                return await donut.cards.create_many(bucket, given, journal=self._journal)

        new = lambda: [project.cards[id] for id in project.cards if id not in before]  # noqa: E731
        return self._run(job, lambda: meanwhile(new()))

    def _run(self, job: Callable[[], Any], meanwhile: Callable[[], object]) -> BulkReport[Any]:
        async def main() -> BulkReport[Any]:
            self.sandbox.faults = LOST
            with anyio.move_on_after(0.2):
                await job()
            self.sandbox.faults = Faults()
            meanwhile()
            report: BulkReport[Any] = await job()
            return report

        return in_virtual_time(self._backend, main)


@pytest.fixture
def killed(anyio_backend: str, tmp_path: Path) -> Killed:
    return Killed(anyio_backend, Sandbox("demo"), tmp_path)


def project_of(sandbox: Sandbox) -> Any:
    return sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]


def to_sprint(sandbox: Sandbox, cards: list[Any]) -> None:
    sprint = next(iter(project_of(sandbox).sprints.values()))
    for card in cards:
        card.iteration.value, card.state.value = sprint.id, None


def to_bucket(sandbox: Sandbox, cards: list[Any]) -> None:
    bucket = [*project_of(sandbox).buckets.values()][-1]
    for card in cards:
        card.state.value = bucket.id


@pytest.mark.parametrize("move", [to_sprint, to_bucket])
def test_cards_that_were_moved_are_found_wherever_they_are(
    killed: Killed, move: Callable[[Sandbox, list[Any]], None]
) -> None:
    made: list[Any] = []

    def meanwhile(cards: list[Any]) -> None:
        made.extend(cards)
        move(killed.sandbox, cards[::2])

    report = killed.cards(card_drafts(7), meanwhile)
    assert str(report) == "7 created, 0 refused, 0 of unknown outcome"
    assert [one.item.id for one in report.created] == [card.id for card in made]
    assert killed.sandbox.count("POST") == 1


def test_a_card_that_was_deleted_is_a_number_that_is_shown_nowhere(killed: Killed) -> None:
    numbers: list[int] = []

    def meanwhile(cards: list[Any]) -> None:
        numbers.append(cards[2].cid)
        del project_of(killed.sandbox).cards[cards[2].id]

    report = killed.cards(card_drafts(5), meanwhile)
    assert str(report) == "4 created, 0 refused, 1 of unknown outcome"
    (unknown,) = report.unknown
    assert unknown.position == 2
    assert unknown.error.evidence == {"items": (), "numbers": tuple(numbers)}
    assert killed.sandbox.count("POST") == 1


def test_a_card_that_was_renamed_is_evidence(killed: Killed) -> None:
    ids: list[str] = []

    def meanwhile(cards: list[Any]) -> None:
        ids.append(cards[1].id)
        cards[1].title.change("Something else")

    report = killed.cards(card_drafts(5), meanwhile)
    assert str(report) == "4 created, 0 refused, 1 of unknown outcome"
    (unknown,) = report.unknown
    assert unknown.position == 1
    assert unknown.error.evidence["items"] == tuple(ids)
    assert killed.sandbox.count("POST") == 1


def test_what_was_not_created_is_sent_again(killed: Killed) -> None:
    killed.sandbox.faults = LOST
    report = killed.cards(card_drafts(5), lambda _: None)
    assert str(report) == "5 created, 0 refused, 0 of unknown outcome"
    assert killed.sandbox.count("POST") == 1


def test_cards_and_tasks_of_others_leave_no_gaps(killed: Killed) -> None:
    """Numbers count over cards and tasks together, and all of theirs are shown somewhere."""
    project = project_of(killed.sandbox)

    def meanwhile(cards: list[Any]) -> None:
        other = project.add_card("Of somebody else")
        project.add_task(other, "Of somebody else, too")
        in_sprint = project.add_card("Another", sprint=next(iter(project.sprints.values())))
        project.add_task(in_sprint, "And another")
        for card in cards:
            del project.cards[card.id]
        project.last_cid = max(card.cid for card in project.cards.values()) + 1

    def nothing_deleted(cards: list[Any]) -> None:
        to_sprint(killed.sandbox, cards)
        other = project.add_card("Of somebody else")
        project.add_task(other, "Of somebody else, too")

    report = killed.cards(card_drafts(3), nothing_deleted)
    assert str(report) == "3 created, 0 refused, 0 of unknown outcome"
    assert killed.sandbox.count("POST") == 1
    assert callable(meanwhile)


def test_a_story_that_was_moved_to_another_theme_is_found(killed: Killed) -> None:
    easy = killed.sandbox.easybacklog
    theme = easy.themes[easy_theme(killed.sandbox)]
    other = easy.add_theme(easy.backlogs[theme.backlog_id], "Others")

    def move(ids: set[int]) -> None:
        for id in ids:
            easy.move_story(easy.stories[id], other)

    report = killed.trial(BY_NAME["easyBacklog stories"], [{"i_want_to": "see"}], move)
    (story,) = report.items
    assert story.theme_id == other.id
    assert killed.sandbox.count("POST") == 1


def test_a_theme_that_was_moved_to_another_backlog_is_found_there(killed: Killed) -> None:
    easy = killed.sandbox.easybacklog
    account = easy.accounts[easy.account_id]
    other = easy.add_backlog(account, "Other", archived=True)

    def move(ids: set[int]) -> None:
        for id in ids:
            easy.move_theme(easy.themes[id], other)

    report = killed.trial(BY_NAME["easyBacklog themes"], [{"name": "Buoys"}], move)
    (theme,) = report.items
    assert theme.backlog_id == other.id
    assert killed.sandbox.count("POST") == 1


def test_a_theme_that_was_renamed_by_its_move_is_evidence(killed: Killed) -> None:
    easy = killed.sandbox.easybacklog
    other = easy.add_backlog(easy.accounts[easy.account_id], "Other")
    easy.add_theme(other, "Buoys of the north")

    def move(ids: set[int]) -> None:
        for id in ids:
            easy.move_theme(easy.themes[id], other)

    drafts: list[Draft] = [{"name": "Buoys of the north"}]
    report = killed.trial(BY_NAME["easyBacklog themes"], drafts, move)
    assert str(report) == "0 created, 0 refused, 1 of unknown outcome"
    assert killed.sandbox.count("POST") == 1


@pytest.mark.parametrize("format", ["json", "xml"])
def test_a_task_that_was_archived_is_found_in_the_archive(killed: Killed, format: str) -> None:
    kanban = killed.sandbox.kanbantool
    board = kanban.boards[kanban_board(killed.sandbox)]

    def archive(ids: set[int]) -> None:
        for id in sorted(ids)[::2]:
            kanban.archive(board.tasks[id])

    drafts: list[Draft] = [{"name": f"Buoy {n}"} for n in range(5)]
    report = killed.trial(BY_NAME["Kanban Tool tasks"], drafts, archive)
    assert str(report) == "5 created, 0 refused, 0 of unknown outcome"
    assert killed.sandbox.count("POST") == 5


def flow_drafts(sandbox: Sandbox, count: int) -> list[Draft]:
    kind = sandbox.flow.projects[sandbox.flow.project_id].task_types[0]
    return [{"task_text": f"Buoy {n}", "task_type_id": kind} for n in range(count)]


@pytest.mark.parametrize(("done", "unknown"), [(40, 0), (60, 3)])
def test_a_task_that_is_done_may_be_hidden_by_fifty_others(
    killed: Killed, done: int, unknown: int
) -> None:
    flow = killed.sandbox.flow
    project = flow.projects[flow.project_id]
    column = flow.column_of(project, "D")

    def finish(ids: set[int]) -> None:
        for id in sorted(ids)[:3]:
            flow.edit_task(flow.tasks[id], Edit(column=column))
        for n in range(done):
            flow.add_task(project, f"Of somebody else {n}", column=column)

    report = killed.trial(BY_NAME["flow tasks"], flow_drafts(killed.sandbox, 5), finish)
    assert len(report.created) == 5 - unknown
    assert len(report.unknown) == unknown
    assert killed.sandbox.count("POST") == 5
