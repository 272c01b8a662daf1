"""Flying Donut: what moves during an export is not lost, and no wrong answer replaces a backup."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final, TypeGuard, cast

import httpx
import pytest

from agilekit import FlyingDonut
from agilekit.export import ProjectReport, export, verify
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Card, Project, RecordedForms
from tests.export.backups import Backup, SQLiteBackup, everything
from tests.export.clients import another, client, seeded
from tests.export.many import filled
from tests.ids import short
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

SEEDS: Final = range(60 if FULL else 4)


class Tampered(httpx.AsyncBaseTransport):
    """Does something before each request is handled, and may answer instead of the server."""

    def __init__(
        self,
        sandbox: Sandbox,
        before: Callable[[httpx.Request], httpx.Response | None],
        after: Callable[[httpx.Request, object], object] = lambda _request, answer: answer,
    ) -> None:
        self._inner = sandbox.transport()
        self._before = before
        self._after = after
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if (answer := self._before(request)) is not None:
            return answer
        response = await self._inner.handle_async_request(request)
        content = json.loads(await response.aread())
        return httpx.Response(response.status_code, json=self._after(request, content))


def is_project(answer: object) -> TypeGuard[dict[str, object]]:
    return isinstance(answer, dict) and "activityCounter" in answer


def uncounted(_request: httpx.Request, answer: object) -> object:
    """As of a server whose counters stand still."""
    if is_project(answer):
        return {**answer, "activityCounter": {"value": 1, "version": 1}, "version": 1}
    return answer


def without_counters(_request: httpx.Request, answer: object) -> object:
    if is_project(answer):
        left_out = ("activityCounter", "version")
        return {name: value for name, value in answer.items() if name not in left_out}
    return answer


def standing_versions(_request: httpx.Request, answer: object) -> object:
    """As of a server whose sprints count their cards, at versions that stand still."""
    if not isinstance(answer, list):
        return answer
    entities = cast("list[dict[str, dict[str, object]]]", answer)
    for one in entities:
        if one.get("itemCounters"):
            one["itemCounters"]["version"] = 1
    return entities


def move(project: Project, random: Random) -> bool:
    card = random.choice([one for one in project.cards.values() if not one.is_placeholder])
    sprint = random.choice([None, *project.sprints])
    if card.iteration.value == sprint:
        return False
    source = card.container
    card.iteration.change(sprint)
    project.moved(card, source)
    return True


async def exported(
    transport: httpx.AsyncBaseTransport, project: Project, to: Path, sandbox: Sandbox
) -> ProjectReport:
    donut = client(sandbox, project, transport=transport, concurrency=1)
    (report,) = (await export([donut], to=to)).projects
    assert report.error is None
    return report


@pytest.mark.quick(8)
@pytest.mark.parametrize("counted", [True, False], ids=["items counted", "items not counted"])
@pytest.mark.parametrize(
    "counters",
    [uncounted, without_counters, standing_versions],
    ids=["counters stand", "no counters", "versions of counts stand"],
)
@pytest.mark.parametrize("seed", SEEDS)
async def test_no_card_that_moves_while_lists_are_read_is_lost(
    seed: int,
    counters: Callable[[httpx.Request, object], object],
    counted: bool,
    tmp_path: Path,
) -> None:
    sandbox, random = filled(projects=1, cards=40, children=0, only="flyingdonut"), Random(seed)
    sandbox.flyingdonut.recorded = RecordedForms(item_counters=counted)
    project = [*sandbox.flyingdonut.projects.values()][-1]
    budget = random.choice([1, 2, 12])
    cards, moves = {*project.cards}, budget

    def busy(request: httpx.Request) -> None:
        nonlocal moves
        lists = request.url.path.endswith(("/items", "/iterations"))
        if moves and lists and random.random() < 0.5 and move(project, random):
            moves -= 1

    backup = SQLiteBackup(tmp_path)
    transport = Tampered(sandbox, busy, counters)
    report = await exported(transport, project, backup.path, sandbox)
    shown = [row["id"] for row in backup.rows("cards")]
    assert len(shown) == len(set(shown))
    assert report.gaps or cards <= set(shown)
    assert budget > 2 or not report.gaps


@pytest.mark.parametrize("first", ["to and fro", "to"])
async def test_cards_that_are_swapped_are_not_lost_if_counters_show_the_same_count(
    first: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.flyingdonut.recorded = RecordedForms(item_counters=True)
    project = another(sandbox, "Swap")
    sprints = [project.add_sprint(f"S{number}").id for number in (1, 2)]
    cards = {id: project.add_card(f"In {id}", sprint=project.sprints[id]) for id in sprints}
    project.add_card("The last one has the largest number")
    asked: list[str] = []

    def put(card: Card, sprint: str) -> None:
        source = card.container
        card.iteration.change(sprint)
        project.moved(card, source)

    def swap(request: httpx.Request) -> None:
        """One card leaves the list that is read first, and the other one comes to it."""
        above, _, below = request.url.path.rpartition("/")
        sprint = above.rpartition("/")[2]
        if below != "items" or sprint not in cards:
            return
        asked.append(sprint)
        (other,) = {*sprints} - {asked[0]}
        if len(asked) == (1 if first == "to" else 2):
            put(cards[asked[0]], other)
        if len(asked) == 2:
            put(cards[other], asked[0])

    backup = SQLiteBackup(tmp_path)
    transport = Tampered(sandbox, swap, standing_versions)
    report = await exported(transport, project, backup.path, sandbox)
    shown = {row["id"]: row["sprint_id"] for row in backup.rows("cards")}
    assert {shown[one.id] for one in cards.values()} == {*sprints}
    assert shown[cards[asked[0]].id] != asked[0]
    assert report.gaps == ()


async def test_cards_that_never_come_to_rest_leave_a_gap(tmp_path: Path) -> None:
    sandbox = filled(projects=1, cards=5, children=0, only="flyingdonut")
    project = [*sandbox.flyingdonut.projects.values()][-1]
    random = Random(1)

    def busy(request: httpx.Request) -> None:
        if request.url.path.endswith("/iterations"):
            while not move(project, random):
                pass

    report = await exported(Tampered(sandbox, busy), project, tmp_path / "x.sqlite", sandbox)
    (gap,) = report.gaps
    assert gap.startswith("cards were moved between any two readings")
    assert verify(tmp_path / "x.sqlite").incomplete


@pytest.mark.parametrize("counted", [True, False])
async def test_lists_at_rest_are_read_twice_and_cards_only_if_nothing_counts_them(
    counted: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.flyingdonut.recorded = RecordedForms(item_counters=counted)
    project = another(sandbox, "Quiet")
    for number in range(3):
        sprint = project.add_sprint(f"Sprint {number}")
        project.add_card("In a sprint", sprint=sprint)
    transport = Tampered(sandbox, lambda _: None)
    await exported(transport, project, tmp_path / "x.sqlite", sandbox)
    below = [path.partition(project.id)[2] for path in transport.asked]
    assert below.count("/backlog/items") == below.count("/iterations") == 2
    sprints = [path for path in below if path.startswith("/iterations/") and "items" in path]
    # The list of a sprint whose only cards are placeholders counts nothing, either.
    assert len(sprints) == (3 if counted else 6)
    assert below.count("") == 2
    assert len(below) == 2 + 1 + 4 + len(sprints) + 3


async def test_cards_that_are_added_meanwhile_need_no_other_reading(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = another(sandbox, "Growing")

    def add(request: httpx.Request) -> None:
        if request.url.path.endswith("/backlog/items"):
            project.add_card("New")

    transport = Tampered(sandbox, add)
    report = await exported(transport, project, tmp_path / "x.sqlite", sandbox)
    assert [path for path in transport.asked if path.endswith("/backlog/items")] == [
        f"/flyingdonut/api/projects/{project.id}/backlog/items"
    ] * 2
    assert (report.gaps, report.notes) == ((), ())


async def test_missing_numbers_are_a_note(sandbox: Sandbox, backup: Backup) -> None:
    project = another(sandbox, "Numbers", cards=9)
    cards = [*project.cards.values()]
    for card in (cards[1], cards[4], cards[5]):
        del project.cards[card.id]
    (report,) = (await export([client(sandbox, project)], to=backup.path)).projects
    assert report.gaps == ()
    (note,) = report.notes
    assert note.startswith("missing_numbers: 2, 5 to 6: ")
    entry = backup.manifest(project.id)
    assert entry is not None
    noted = entry["notes"]
    assert (json.loads(noted) if isinstance(noted, str) else noted) == [note]
    assert not verify(backup.path).incomplete


async def test_a_missing_number_that_was_there_before_is_a_gap_once(
    sandbox: Sandbox, backup: Backup
) -> None:
    project = another(sandbox, "Numbers", cards=6)
    cards = [*project.cards.values()]
    task = project.add_task(cards[0], "A task")
    del project.cards[cards[4].id]
    gaps: list[tuple[str, ...]] = []
    for _ in range(3):
        (report,) = (await export([client(sandbox, project)], to=backup.path)).projects
        gaps.append(report.gaps)
        if len(gaps) == 1:
            del project.cards[cards[1].id]
            del project.tasks[task.id]
            cards[0].tasks.clear()
            project.count_tasks(cards[0])
            project.add_card("The last one has the largest number")
    assert gaps[0] == gaps[2] == ()
    (gap,) = gaps[1]
    assert gap.startswith("the last export has the numbers 2, 7, and nothing")


@pytest.mark.quick(7)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/backlog/items",
        "/backlog/buckets",
        "/iterations",
        "/items",
        "/burndown-chart",
        "/tasks",
    ],
)
@pytest.mark.parametrize(
    "answer",
    [{"error": "maintenance"}, [{"error": "maintenance"}], {}, [{}], None, "maintenance"],
    ids=short,
)
async def test_an_answer_without_an_id_does_not_replace_a_backup(
    path: str, answer: object, sandbox: Sandbox, tmp_path: Path
) -> None:
    project, backup = seeded(sandbox), SQLiteBackup(tmp_path)
    await export([client(sandbox, project)], to=backup.path)
    before = everything(backup, project.id)

    def maintain(request: httpx.Request) -> httpx.Response | None:
        below = request.url.path.partition(project.id)[2]
        hit = below == path or (path.count("/") == 1 and below.count("/") > 1)
        return httpx.Response(200, json=answer) if hit and below.endswith(path) else None

    donut = client(sandbox, project, transport=Tampered(sandbox, maintain))
    report = await export([donut], to=backup.path)
    assert [type(one.error).__name__ for one in report.failed] == ["DecodeError"]
    assert everything(backup, project.id) == before


async def test_an_answer_about_another_project_does_not_replace_a_backup(
    sandbox: Sandbox, backup: Backup
) -> None:
    project = seeded(sandbox)
    await export([client(sandbox, project)], to=backup.path)

    def other(_request: httpx.Request, answer: object) -> object:
        return {**answer, "_id": {"$oid": "f" * 24}} if is_project(answer) else answer

    donut: FlyingDonut = client(
        sandbox, project, transport=Tampered(sandbox, lambda _: None, other)
    )
    report = await export([donut], to=backup.path)
    (failed,) = report.failed
    assert f"asked for '{project.id}', it shows '{'f' * 24}'" in str(failed.error)


async def test_done_is_what_the_call_names(sandbox: Sandbox, backup: Backup) -> None:
    project = another(sandbox, "Named")
    released = project.add_bucket("Released")
    card = project.add_card("Out", bucket=released)
    donut = client(sandbox, project)
    await export({"work": donut}, to=backup.path, done={"work": ["released "]})
    done = {row["id"]: row["is_done"] for row in everything(backup, project.id)["cards"]}
    assert done == {one: int(one == card.id) for one in project.cards}
    (report,) = (await export([donut], to=backup.path, done=["Nowhere"])).projects
    assert any("none of its columns or states is Nowhere" in gap for gap in report.gaps)
