"""Drafts of a killed job, whose items others have moved, renamed or deleted before it goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import anyio
import pytest

from agilekit import BulkReport, UnknownOutcome
from agilekit.bulk import Draft
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flow import Edit
from tests.bulk.clients import TRIALS, Trial, easy_theme, kanban_board
from tests.bulk.donut import POST, bucket_of, card_drafts, connect
from tests.virtual_time import in_virtual_time

LOST: Final = Faults(drop_after=1, methods=POST)
BY_NAME: Final = {trial.name: trial for trial in TRIALS}


class Killed:
    """A job that is killed while nothing tells what became of its drafts, and run again.

    first: how many drafts were created before the answers were lost.
    """

    def __init__(self, backend: str, sandbox: Sandbox, path: Path) -> None:
        self.sandbox = sandbox
        self.first = 1
        self.posts = 0
        self._backend = backend
        self._journal = path / "job.journal"

    def trial(
        self, trial: Trial, drafts: list[Draft], meanwhile: Callable[[list[int]], object]
    ) -> BulkReport[Any]:
        """
        meanwhile: what others do, who are told the ids of what was created without an answer.
        """

        async def job(drafts: list[Draft]) -> BulkReport[Any]:
            return await trial.job(self.sandbox, "json", drafts, {"journal": self._journal})

        return self._run(job, drafts, lambda: trial.held(self.sandbox), meanwhile)

    def cards(
        self, drafts: list[Draft], meanwhile: Callable[[list[Any]], object]
    ) -> BulkReport[Any]:
        project = project_of(self.sandbox)

        async def job(drafts: list[Draft]) -> BulkReport[Any]:
            async with connect(self.sandbox) as donut:
                given: Any = drafts
                bucket = bucket_of(self.sandbox)
                return await donut.cards.create_many(bucket, given, journal=self._journal)

        def told(ids: list[str]) -> None:
            meanwhile([project.cards[id] for id in ids])

        return self._run(job, drafts, lambda: project.cards, told)

    def _run(
        self,
        job: Callable[[list[Draft]], Awaitable[BulkReport[Any]]],
        drafts: list[Draft],
        there: Callable[[], Mapping[Any, object]],
        meanwhile: Callable[[list[Any]], object],
    ) -> BulkReport[Any]:
        async def main() -> BulkReport[Any]:
            if self.first:
                await job(drafts[: self.first])
            before = set(there())
            self.sandbox.faults = LOST
            with anyio.move_on_after(0.2):
                await job(drafts)
            self.sandbox.faults = Faults()
            meanwhile([id for id in there() if id not in before])
            self.posts = self.sandbox.count("POST")
            return await job(drafts)

        return in_virtual_time(self._backend, main)

    @property
    def sends_nothing(self) -> bool:
        """Whether the last run has sent nothing."""
        return self.sandbox.count("POST") == self.posts


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
    made: list[str] = []

    def meanwhile(cards: list[Any]) -> None:
        made.extend(card.id for card in cards)
        move(killed.sandbox, cards[::2])

    report = killed.cards(card_drafts(7), meanwhile)
    assert str(report) == "7 created, 0 refused, 0 of unknown outcome"
    assert [one.item.id for one in report.created[1:]] == made
    assert killed.sends_nothing


def test_a_card_that_was_deleted_is_a_number_that_is_shown_nowhere(killed: Killed) -> None:
    numbers: list[int] = []

    def meanwhile(cards: list[Any]) -> None:
        numbers.append(cards[2].cid)
        del project_of(killed.sandbox).cards[cards[2].id]

    report = killed.cards(card_drafts(5), meanwhile)
    assert str(report) == "4 created, 0 refused, 1 of unknown outcome"
    (unknown,) = report.unknown
    assert unknown.position == 3
    assert isinstance(unknown.error, UnknownOutcome)
    assert evidence(unknown.error) == {"items": [], "numbers": numbers}
    assert killed.sends_nothing


def test_a_card_that_was_renamed_is_evidence(killed: Killed) -> None:
    ids: list[str] = []

    def meanwhile(cards: list[Any]) -> None:
        ids.append(cards[1].id)
        cards[1].title.change("Something else")

    report = killed.cards(card_drafts(5), meanwhile)
    assert str(report) == "4 created, 0 refused, 1 of unknown outcome"
    (unknown,) = report.unknown
    assert unknown.position == 2
    assert isinstance(unknown.error, UnknownOutcome)
    assert evidence(unknown.error)["items"] == ids
    assert killed.sends_nothing


def evidence(error: UnknownOutcome) -> dict[str, list[object]]:
    return {name: list(cast("list[object]", found)) for name, found in error.evidence.items()}


def test_cards_and_tasks_of_others_leave_no_gaps(killed: Killed) -> None:
    """Numbers count over cards and tasks together, and all of theirs are shown somewhere."""
    project = project_of(killed.sandbox)

    def meanwhile(cards: list[Any]) -> None:
        project.last_cid = cards[0].cid - 1  # as if they had never come
        for card in cards:
            del project.cards[card.id]
        other = project.add_card("Of somebody else")
        project.add_task(other, "Of somebody else, too")
        in_sprint = project.add_card("Another", sprint=next(iter(project.sprints.values())))
        project.add_task(in_sprint, "And another")
        project.add_sprint("With a placeholder")

    report = killed.cards(card_drafts(3), meanwhile)
    assert str(report) == "3 created, 0 refused, 0 of unknown outcome"
    assert not killed.sends_nothing


def put_elsewhere(project: Any, drafts: list[Draft]) -> None:
    bucket = [*project.buckets.values()][-1]
    for draft in drafts:
        project.add_card(draft["title"], bucket=bucket, estimate=draft["estimate"])


def test_cards_of_the_same_titles_that_were_elsewhere_before_the_job_are_not_its_own(
    killed: Killed,
) -> None:
    """Until an answer has shown the lowest number of the job, nothing tells what is older."""
    project, drafts = project_of(killed.sandbox), card_drafts(3)
    put_elsewhere(project, drafts)

    def delete(cards: list[Any]) -> None:
        for card in cards:
            del project.cards[card.id]

    killed.first = 0
    report = killed.cards(drafts, delete)
    assert str(report) == "0 created, 0 refused, 3 of unknown outcome"
    assert killed.sends_nothing


def test_and_once_an_answer_has_shown_it_they_are_no_evidence_at_all(killed: Killed) -> None:
    project, drafts = project_of(killed.sandbox), card_drafts(3)
    put_elsewhere(project, drafts)

    def as_if_they_had_never_come(cards: list[Any]) -> None:
        project.last_cid = cards[0].cid - 1
        for card in cards:
            del project.cards[card.id]

    report = killed.cards(drafts, as_if_they_had_never_come)
    assert str(report) == "3 created, 0 refused, 0 of unknown outcome"
    assert not killed.sends_nothing
    assert len({one.item.id for one in report.created}) == 3


STORIES: Final[list[Draft]] = [{"i_want_to": "go"}, {"i_want_to": "see"}]
BUOYS: Final[list[Draft]] = [{"name": "Lights"}, {"name": "Buoys"}]


def test_a_story_that_was_moved_to_another_theme_is_found(killed: Killed) -> None:
    easy = killed.sandbox.easybacklog
    theme = easy.themes[easy_theme(killed.sandbox)]
    other = easy.add_theme(easy.backlogs[theme.backlog_id], "Others")

    def move(ids: list[int]) -> None:
        for id in ids:
            easy.move_story(easy.stories[id], other)

    report = killed.trial(BY_NAME["easyBacklog stories"], STORIES, move)
    assert [story.theme_id for story in report.items] == [theme.id, other.id]
    assert killed.sends_nothing


def test_a_theme_that_was_moved_to_another_backlog_is_found_there(killed: Killed) -> None:
    easy = killed.sandbox.easybacklog
    other = easy.add_backlog(easy.accounts[easy.account_id], "Other", archived=True)

    def move(ids: list[int]) -> None:
        for id in ids:
            easy.move_theme(easy.themes[id], other)

    report = killed.trial(BY_NAME["easyBacklog themes"], BUOYS, move)
    assert report.items[1].backlog_id == other.id
    assert killed.sends_nothing


@pytest.mark.parametrize("first", [0, 1])
def test_a_theme_that_was_renamed_by_its_move_is_evidence_and_the_other_is_not_taken_for_it(
    killed: Killed, first: int
) -> None:
    easy = killed.sandbox.easybacklog
    other = easy.add_backlog(easy.accounts[easy.account_id], "Other")
    easy.add_theme(other, "Buoys")

    def move(ids: list[int]) -> None:
        for id in ids:
            easy.move_theme(easy.themes[id], other)

    killed.first = first
    report = killed.trial(BY_NAME["easyBacklog themes"], BUOYS[1 - first :], move)
    assert str(report) == f"{first} created, 0 refused, 1 of unknown outcome"
    assert killed.sends_nothing


def test_a_task_that_was_archived_is_found_in_the_archive(killed: Killed) -> None:
    kanban = killed.sandbox.kanbantool
    board = kanban.boards[kanban_board(killed.sandbox)]

    def archive(ids: list[int]) -> None:
        for id in ids[::2]:
            kanban.archive(board.tasks[id])

    drafts: list[Draft] = [{"name": f"Buoy {n}"} for n in range(6)]
    report = killed.trial(BY_NAME["Kanban Tool tasks"], drafts, archive)
    assert str(report) == "6 created, 0 refused, 0 of unknown outcome"
    assert killed.sends_nothing


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

    def finish(ids: list[int]) -> None:
        for id in ids[:3]:
            flow.edit_task(flow.tasks[id], Edit(column=column))
        for n in range(done):
            flow.add_task(project, f"Of somebody else {n}", column=column)

    report = killed.trial(BY_NAME["flow tasks"], flow_drafts(killed.sandbox, 6), finish)
    assert len(report.created) == 6 - unknown
    assert len(report.unknown) == unknown
    assert killed.sends_nothing
