"""With mark=, a job knows its items by what it wrote into them, whatever else there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import anyio
import pytest

from agilekit import BulkReport, InvalidInput, JournalError
from agilekit.bulk import Draft, Mark
from agilekit.easybacklog.models import Story
from agilekit.easybacklog.params import StoryDraft
from agilekit.flyingdonut.models import Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.rewriting import Rewriting
from tests.bulk.clients import easy_theme
from tests.bulk.donut import POST, bucket_of, card_drafts, connect, create_cards
from tests.contract import clients
from tests.virtual_time import in_virtual_time

LOSSES: Final = Faults(drop_after=0.3, drop_before=0.2, methods=POST, seed=3)
JOB: Final = Mark("title", job="k3f9x2ab")


def titles(sandbox: Sandbox) -> list[str]:
    service = sandbox.flyingdonut
    return [card.title.value for card in service.projects[service.project_id].cards.values()]


def summaries(sandbox: Sandbox) -> list[str]:
    service = sandbox.flyingdonut
    cards = service.projects[service.project_id].cards.values()
    return [card.summary.value for card in cards]


def positions(shown: Sequence[str], job: str) -> list[int]:
    """Those of the marks of a job."""
    marks = [text.partition("]")[0].lower() for text in shown if f"[ak-{job}-" in text.lower()]
    return sorted(int(mark.rpartition("-")[2]) for mark in marks)


def job_of(report: BulkReport[Card]) -> str:
    return report.items[0].title.value.split("-")[1].lower()


@pytest.mark.quick(1)
@pytest.mark.parametrize("rewriting", [Rewriting(), Rewriting(ways=frozenset({"upper", "escape"}))])
def test_two_jobs_of_the_same_drafts_at_once_each_find_their_own(
    anyio_backend: str, rewriting: Rewriting
) -> None:
    sandbox = Sandbox("empty", faults=LOSSES)
    sandbox.rewriting = rewriting
    drafts = card_drafts(40, alike=4)
    reports: list[BulkReport[Card]] = []

    async def main() -> None:
        async with connect(sandbox) as donut:

            async def run() -> None:
                given = cast("Sequence[CardDraft]", drafts)
                bucket = bucket_of(sandbox)
                reports.append(
                    await donut.cards.create_many(bucket, given, batch_size=3, mark="title")
                )

            async with anyio.create_task_group() as group:
                group.start_soon(run)
                group.start_soon(run)

    in_virtual_time(anyio_backend, main)
    one, other = map(job_of, reports)
    assert one != other
    for report in reports:
        assert str(report) == "40 created, 0 refused, 0 of unknown outcome"
        assert positions([item.title.value for item in report.items], job_of(report)) == [
            *range(40)
        ]
        for created in report.created:
            assert f"-{created.position}]" in created.item.title.value
    assert len(titles(sandbox)) == 80
    assert positions(titles(sandbox), one) == positions(titles(sandbox), other) == [*range(40)]


def resumed(
    backend: str, sandbox: Sandbox, path: Path, *marks: str | Mark | None
) -> list[BulkReport[Card]]:
    return [
        create_cards(backend, sandbox, card_drafts(5 + n), journal=path / "j", mark=mark)
        for n, mark in enumerate(marks)
    ]


@pytest.mark.parametrize("first", ["title", Mark("title"), JOB])
def test_a_job_continues_with_its_mark(
    anyio_backend: str, tmp_path: Path, first: str | Mark
) -> None:
    sandbox = Sandbox("empty")
    _, report = resumed(anyio_backend, sandbox, tmp_path, first, "title")
    assert positions(titles(sandbox), job_of(report)) == [*range(6)]
    assert (job_of(report) == "k3f9x2ab") == (first == JOB)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("title", None, "give mark='title'"),
        ("title", "summary", "give mark='title'"),
        ("summary", "title", "give mark='summary'"),
        (JOB, Mark("title", job="zzzzzzzz"), "give mark='title'"),
        (JOB, Mark("summary", job="k3f9x2ab"), "give mark='title'"),
        (None, "title", "leave out mark="),
    ],
)
def test_a_job_that_was_begun_otherwise_does_not_go_on(
    anyio_backend: str,
    tmp_path: Path,
    first: str | Mark | None,
    second: str | Mark | None,
    why: str,
) -> None:
    sandbox = Sandbox("empty")
    with pytest.raises(JournalError, match=why):
        resumed(anyio_backend, sandbox, tmp_path, first, second)
    assert len(titles(sandbox)) == 5
    (_,) = resumed(anyio_backend, sandbox, tmp_path, first)


@pytest.mark.parametrize("mark", ["", "estimate", "colour", Mark("nothing")])
def test_another_field_than_one_of_text_is_refused(anyio_backend: str, mark: str | Mark) -> None:
    sandbox = Sandbox("empty")
    with pytest.raises(InvalidInput, match="mark names a text field of the cards") as caught:
        create_cards(anyio_backend, sandbox, card_drafts(1), mark=mark)
    assert "title, summary" in str(caught.value)
    assert sandbox.count() == 0


def test_a_kind_without_texts_takes_no_mark(anyio_backend: str) -> None:
    sandbox = Sandbox("demo")

    async def main() -> None:
        async with clients.kanban_tool(sandbox) as kanban:
            await kanban.timers.create_many([], mark="task_id")

    with pytest.raises(InvalidInput, match="these are: none"):
        in_virtual_time(anyio_backend, main)


def test_a_mark_goes_before_the_text_of_a_draft_or_is_the_whole_text(anyio_backend: str) -> None:
    sandbox = Sandbox("empty")
    drafts: list[Draft] = [
        {"title": "a", "summary": "By night"},
        {"title": "b"},
        {"title": "c", "summary": None},
    ]
    report = create_cards(anyio_backend, sandbox, drafts, mark=Mark("summary", job="k3f9x2ab"))
    assert sorted(summaries(sandbox)) == [
        "[ak-k3f9x2ab-0] By night",
        "[ak-k3f9x2ab-1]",
        "[ak-k3f9x2ab-2]",
    ]
    assert titles(sandbox) == ["a", "b", "c"]
    assert [one.draft for one in report] == drafts
    assert [one.unstored for one in report.created] == [()] * 3


def test_a_draft_whose_field_is_not_a_text_is_refused_with_a_mark_as_without(
    anyio_backend: str,
) -> None:
    sandbox = Sandbox("empty")
    drafts: list[Draft] = [{"title": 7}, {"title": "b"}]
    report = create_cards(anyio_backend, sandbox, drafts, mark="title")
    assert [one.position for one in report.refused] == [0]
    assert [one.position for one in report.created] == [1]


def test_a_job_whose_journal_is_lost_is_rebuilt_from_its_marks(
    anyio_backend: str, tmp_path: Path
) -> None:
    sandbox = Sandbox("empty", faults=LOSSES)
    drafts = card_drafts(30, alike=3)
    first = create_cards(anyio_backend, sandbox, drafts[:20], batch_size=3, mark=JOB)
    sandbox.faults = Faults()
    service = sandbox.flyingdonut
    project = service.projects[service.project_id]
    for card in list(project.cards.values())[::4]:
        card.title.value = card.title.value.upper() + " renamed"
    posts = sandbox.count("POST")
    journal = tmp_path / "new"
    again = create_cards(anyio_backend, sandbox, drafts, batch_size=50, mark=JOB, journal=journal)
    assert str(again) == "30 created, 0 refused, 0 of unknown outcome"
    assert sandbox.count("POST") - posts <= 2
    assert len(titles(sandbox)) == 30
    assert [one.id for one in again.items[:20]] == [one.id for one in first.items]
    assert positions(titles(sandbox), "k3f9x2ab") == [*range(30)]


def test_what_is_still_to_be_committed_when_a_job_is_rebuilt_is_waited_for(
    anyio_backend: str,
) -> None:
    late = Faults(commit_late=1, commit_after=(30, 30), methods=POST)
    sandbox, drafts = Sandbox("empty", faults=late), card_drafts(5)

    async def main() -> BulkReport[Card]:
        given = cast("Sequence[CardDraft]", drafts)
        async with connect(sandbox) as donut:
            with anyio.move_on_after(1):
                await donut.cards.create_many(bucket_of(sandbox), given, mark=JOB)
            sandbox.faults = Faults()
            return await donut.cards.create_many(bucket_of(sandbox), given, mark=JOB)

    report = in_virtual_time(anyio_backend, main)
    assert str(report) == "5 created, 0 refused, 0 of unknown outcome"
    assert len(titles(sandbox)) == 5


def test_a_card_that_was_moved_to_a_sprint_is_found_by_its_mark(
    anyio_backend: str, tmp_path: Path
) -> None:
    sandbox = Sandbox("demo")
    service = sandbox.flyingdonut
    project = service.projects[service.project_id]
    sprint = next(iter(project.sprints.values()))
    before = set(project.cards)
    create_cards(anyio_backend, sandbox, card_drafts(4), mark=JOB)
    for id in project.cards.keys() - before:
        project.cards[id].state.value, project.cards[id].iteration.value = None, sprint.id
        project.cards[id].title.value += " renamed"
    again = create_cards(anyio_backend, sandbox, card_drafts(4), mark=JOB)
    assert len(again.created) == 4
    assert len(project.cards.keys() - before) == 4


def test_a_mark_that_the_server_cuts_away_leaves_the_drafts_to_their_texts(
    anyio_backend: str,
) -> None:
    sandbox = Sandbox("empty", faults=LOSSES)
    sandbox.rewriting = Rewriting(ways=frozenset({"cut"}), length=10)
    report = create_cards(anyio_backend, sandbox, card_drafts(6), mark=JOB, batch_size=2)
    assert len(report) == 6
    assert len(titles(sandbox)) <= 6 + len(report.possible_duplicates)
    assert not report.refused


@pytest.mark.parametrize("field", ["as_a", "i_want_to", "so_i_can", "comments"])
def test_a_story_bears_its_mark_in_any_of_its_texts(anyio_backend: str, field: str) -> None:
    sandbox = Sandbox("demo", faults=Faults(drop_after=1, methods=POST))
    theme = easy_theme(sandbox)

    drafts: list[StoryDraft] = [
        {"as_a": "keeper"},
        {"as_a": "keeper"},
        {"i_want_to": "see", "comments": "\U0001f389"},
    ]

    async def job() -> list[Story]:
        async with clients.easy_backlog(sandbox) as easy:
            mark = Mark(field, job="k3f9x2ab")
            return (await easy.stories.create_many(theme, drafts, mark=mark)).items

    shown = [str(getattr(story, field)) for story in in_virtual_time(anyio_backend, job)]
    assert [text.split("]")[0] for text in shown] == [f"[ak-k3f9x2ab-{n}" for n in range(3)]
