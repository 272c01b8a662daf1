"""What an export of Flying Donut holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, cast

import httpx
import pytest

from agilekit import DecodeError, FlyingDonut
from agilekit.export import TABLES, export
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import BurndownItem, Project
from agilekit.sandbox.flyingdonut.state import Assignment, Remaining, TaskState
from tests.export.backups import Backup, SQLiteBackup, everything
from tests.export.clients import client, seeded
from tests.export.source.flyingdonut.expected import Rows, expected
from tests.payloads import flyingdonut as documented

pytestmark = pytest.mark.anyio

STATES: Sequence[TaskState] = ("todo", "in-progress", "done")
PROJECT_ID = "54744060c955ca8169c61ee6"


def held(backup: Backup, project_id: str) -> dict[str, Rows]:
    """What `expected` gives, as it was exported."""
    left_out = {"service", "host", "project_id", "raw"}
    return {
        table: [
            {name: value for name, value in row.items() if name not in left_out and value != None}  # noqa: E711
            for row in rows
        ]
        for table, rows in everything(backup, project_id).items()
    }


def fill(project: Project) -> None:
    """A few hundred cards and tasks everywhere, and hours spent on them."""
    random = Random(7)
    buckets = [*project.buckets.values(), *(project.add_bucket(f"Bucket {n}") for n in range(3))]
    sprints = [project.add_sprint(f"Sprint {number}: ünïcode 🍩") for number in range(6)]
    for number in range(300):
        card = project.add_card(
            f"Card {number}\n\t\"quoted\" 'text' \u2028 ",
            bucket=random.choice(buckets),
            sprint=random.choice([None, *sprints]),
            summary=random.choice(["", "Some *markdown*"]),
            estimate=random.choice([None, 0, 0.5, 13]),
        )
        for task_number in range(random.choice([0, 0, 1, 3])):
            state = random.choice(STATES)
            task = project.add_task(card, f"Task {task_number}", estimate=1.5, state=state)
            # Only the list of a sprint shows who works on a task.
            users = ["jane.smith", "omar.haddad"] if card.iteration.value else []
            for user in users[: random.randint(0, 2)]:
                task.users.append(Assignment(user, project.start.value, "jane.smith"))
                task.time_remaining.append(Remaining(0.25, project.end.value, user))
    for sprint in sprints[:4]:
        lines = [(card, random.randint(0, 9)) for card in project.cards_in(sprint)]
        project.add_burndown(
            sprint, [BurndownItem(card.cid, "", hours, (hours, 0.5)) for card, hours in lines]
        )


async def test_the_demo_is_exported_row_by_row(sandbox: Sandbox, backup: Backup) -> None:
    report = await export([client(sandbox)], to=backup.path)
    project = seeded(sandbox)
    assert held(backup, project.id) == expected(project)
    assert report.rows == {table: len(rows) for table, rows in expected(project).items()}
    assert all(row["service"] == "flyingdonut" for t in TABLES for row in backup.rows(t.name))


@pytest.mark.quick(1)
async def test_a_large_project_is_exported_row_by_row(backup: Backup) -> None:
    sandbox = Sandbox("empty")
    project = seeded(sandbox)
    fill(project)
    await export([client(sandbox)], to=backup.path)
    assert held(backup, project.id) == expected(project)


async def test_both_formats_hold_the_same_rows(
    sandbox: Sandbox, backup: Backup, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = SQLiteBackup(tmp_path_factory.mktemp("other"))
    await export([client(sandbox)], to=backup.path)
    await export([client(sandbox)], to=other.path)
    project_id = sandbox.flyingdonut.project_id
    assert everything(backup, project_id) == everything(other, project_id)


async def test_raw_is_what_the_single_call_answers(sandbox: Sandbox, backup: Backup) -> None:
    await export([client(sandbox)], to=backup.path)
    async with client(sandbox) as donut:
        for row in backup.rows("tasks"):
            raw = json.loads(str(row["raw"]))
            assert raw.items() >= dict((await donut.tasks.get(str(row["id"]))).raw).items()
            assert {"users", "timeRemaining"} <= raw.keys() or row["card_id"] in in_backlog(sandbox)
        for row in backup.rows("cards"):
            raw, single = json.loads(str(row["raw"])), await donut.cards.get(str(row["id"]))
            del raw["_order"]  # counts the cards and tasks of a sprint's list
            assert raw.items() <= dict(single.raw).items()
            assert raw.keys() == single.raw.keys() - {"_order"}
        for row in backup.rows("sprints"):
            assert json.loads(str(row["raw"])) == (await donut.sprints.get(str(row["id"]))).raw
        for row in backup.rows("columns"):
            assert json.loads(str(row["raw"])) == (await donut.buckets.get(str(row["id"]))).raw
        for row in backup.rows("burndown"):
            if row["step"] == 0:
                chart = await donut.sprints.burndown(str(row["sprint_id"]))
                assert json.loads(str(row["raw"])) == chart.raw
        (project,) = backup.rows("projects")
        assert json.loads(str(project["raw"])) == (await donut.project.get()).raw


def in_backlog(sandbox: Sandbox) -> set[str]:
    cards = seeded(sandbox).cards.values()
    return {card.id for card in cards if card.iteration.value is None}


Answers = dict[str, object]
DOCUMENTED: Answers = {
    "": documented.FETCH_PROJECT,
    "/backlog/items": documented.FETCH_BACKLOG_CARDS,
    "/backlog/buckets": documented.FETCH_BACKLOG_BUCKETS,
    "/iterations": documented.FETCH_SPRINTS,
    "/iterations/54744d10c955ca8169c61ef2/items": documented.FETCH_SPRINT_CARDS,
    "/iterations/54744d10c955ca8169c61ef2/burndown-chart": documented.FETCH_SPRINT_BURNDOWN_CHART,
    "/items/54744d10c955ca8169c61ef3/tasks": [],
}


class Scripted:
    """A server that knows a few answers by their path below the project."""

    def __init__(self, changes: Answers) -> None:
        self.answers = DOCUMENTED | changes
        self.asked: list[str] = []

    def client(self) -> FlyingDonut:
        transport = httpx.MockTransport(self._answer)
        return FlyingDonut(PROJECT_ID, secret="s" * 32, transport=transport, retries=0)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition(PROJECT_ID)[2]
        self.asked.append(path)
        if path not in self.answers:
            return httpx.Response(404, json={"error": "not found"})
        # With escapes only: httpx would refuse to encode half a surrogate pair.
        return httpx.Response(200, content=json.dumps(self.answers[path]).encode())


def changed(payload: Mapping[str, object], **changes: object) -> dict[str, Any]:
    return {**payload, **changes}


def versioned(value: object, version: int = 0) -> dict[str, object]:
    return {"value": value, "version": version}


BACKLOG_CARD = cast("list[dict[str, list[dict[str, object]]]]", documented.FETCH_BACKLOG_CARDS)[0][
    "items"
][0]
PLACEHOLDER, SPRINT_TASK = documented.FETCH_SPRINT_CARDS
CARD_TASK = documented.FETCH_CARD_TASKS[0]


async def exported(backup: Backup, **changes: object) -> tuple[Scripted, dict[str, Rows]]:
    """An export of the documented answers, with some of them changed."""
    server = Scripted({name.replace("__", "/"): answer for name, answer in changes.items()})
    report = await export([server.client()], to=backup.path)
    for project in report.failed:
        raise cast("Exception", project.error)
    return server, {table.name: [dict(r) for r in backup.rows(table.name)] for table in TABLES}


async def test_the_documented_answers_are_exported(backup: Backup) -> None:
    _, rows = await exported(backup)
    assert {table: len(found) for table, found in rows.items()} == {
        "projects": 1,
        "columns": 1,
        "sprints": 1,
        "people": 1,
        "cards": 2,
        "tasks": 1,
        "comments": 0,
        "changes": 2,
        "time_entries": 0,
        "burndown": 8,
        "extras": 0,
    }
    placeholder, card = sorted(rows["cards"], key=lambda row: str(row["number"]), reverse=True)
    assert card["column_id"] == "590e04cc276e03287520db7a"
    assert placeholder["sprint_id"] == "54744d10c955ca8169c61ef2"
    assert placeholder["task_hours"] == 8.0
    assert rows["sprints"][0]["state"] == "future"
    assert rows["projects"][0]["starts_at"] == "2014-10-26T22:00:00.000000Z"
    assert [row["remaining"] for row in rows["burndown"]] == [1.5, 1.5, 1.5, 1, 1, 1, 1, 0]
    assert rows["people"][0]["id"] == "stormy"


async def test_raw_keeps_the_order_of_the_keys_and_all_letters(backup: Backup) -> None:
    card = changed(BACKLOG_CARD, zebra="🦓 ü", aardvark=1.0)
    backlog = [{"bucket": "Default", "id": {"$oid": "b" * 24}, "items": [card]}]
    _, rows = await exported(backup, __backlog__items=backlog)
    raw = next(str(row["raw"]) for row in rows["cards"] if row["number"] == 2)
    assert raw == json.dumps(card, ensure_ascii=False, separators=(",", ":"))


async def test_tasks_that_came_in_full_with_their_sprint_are_not_asked_for(backup: Backup) -> None:
    task = changed(SPRINT_TASK, order=versioned("000000001.0"), timeEntriesTotal=0)
    items = "__iterations__54744d10c955ca8169c61ef2__items"
    server, rows = await exported(backup, **{items: [PLACEHOLDER, task]})
    assert len(rows["tasks"]) == 1
    assert not [path for path in server.asked if path.endswith("/tasks")]
    # Backlog and sprints are read twice, and the cards of the sprint, which counts none of them.
    assert len(server.asked) == 10


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("counters", "asked"),
    [
        (versioned(None), False),
        (versioned({"total": 0.0, "done": 0.0}, 2), False),
        (versioned({"total": 1, "todo": 1}, 1), True),
        (versioned({"todo": 1}, 1), True),
        (None, True),
    ],
)
async def test_the_tasks_of_a_card_are_asked_for_if_it_may_have_some(
    counters: object, asked: bool, backup: Backup
) -> None:
    card = changed(BACKLOG_CARD, taskCounters=counters)
    backlog = [{"bucket": "Default", "id": {"$oid": "b" * 24}, "items": [card]}]
    tasks = "__items__54744c20c955ca8169c61eef__tasks"
    server, rows = await exported(backup, __backlog__items=backlog, **{tasks: [CARD_TASK]})
    assert ("/items/54744c20c955ca8169c61eef/tasks" in server.asked) is asked
    assert len(rows["tasks"]) == 1 + asked


async def test_tasks_that_came_inside_their_card_are_exported(backup: Backup) -> None:
    card = changed(BACKLOG_CARD, tasks=[CARD_TASK], taskCounters=versioned({"total": 1}, 1))
    backlog = [{"bucket": "Default", "id": {"$oid": "b" * 24}, "items": [card]}]
    server, rows = await exported(backup, __backlog__items=backlog)
    assert "/items/54744c20c955ca8169c61eef/tasks" not in server.asked
    assert any(row["id"] == "6000882d5898d474b09b205e" for row in rows["tasks"])


@pytest.mark.parametrize(("version", "title"), [(0, "Define API"), (9, "Renamed")])
async def test_a_card_of_backlog_and_sprint_is_one_row_with_its_newest_state(
    version: int, title: str, backup: Backup
) -> None:
    twin = changed(BACKLOG_CARD, version=version, title=versioned("Renamed", version), more=1)
    items = "__iterations__54744d10c955ca8169c61ef2__items"
    _, rows = await exported(backup, **{items: [twin]})
    (card,) = rows["cards"]
    assert card["title"] == title
    assert json.loads(str(card["raw"]))["more"] == 1
    assert card["column_id"] == "590e04cc276e03287520db7a"
    assert card["sprint_id"] == "54744d10c955ca8169c61ef2"


async def test_a_bucket_that_only_one_call_lists_is_exported(backup: Backup) -> None:
    buckets = [{"bucket": "Empty", "id": {"$oid": "e" * 24}}]
    _, rows = await exported(backup, __backlog__buckets=buckets)
    assert {row["title"] for row in rows["columns"]} == {"Default", "Empty"}
    assert all("items" not in str(row["raw"]) for row in rows["columns"])


async def test_values_that_a_column_cannot_hold_are_null_and_stay_in_raw(backup: Backup) -> None:
    project = changed(
        documented.FETCH_PROJECT,
        title=versioned("half \ud83c of a pair, and a \0"),
        startDate=versioned("0001-01-01T00:00:00+02:00"),
        version=1 << 64,
    )
    card = changed(BACKLOG_CARD, estimate=versioned(10**400), cid=-(1 << 63))
    backlog = [{"bucket": "Default", "id": {"$oid": "b" * 24}, "items": [card]}]
    _, rows = await exported(backup, **{"": project}, __backlog__items=backlog)
    (row,) = rows["projects"]
    assert row["title"] == "half \ufffd of a pair, and a \0"
    assert row["starts_at"] is None
    assert row["version"] is None
    assert json.loads(str(row["raw"])) == project
    (row,) = [row for row in rows["cards"] if row["number"] == -(1 << 63)]
    assert row["estimate"] is None
    assert json.loads(str(row["raw"])) == card


async def test_an_entity_without_an_id_fails_the_project(backup: Backup) -> None:
    backlog = [{"bucket": "Default", "id": {"$oid": "b" * 24}, "items": [{"cid": 1}]}]
    with pytest.raises(DecodeError, match="a card without an id"):
        await exported(backup, __backlog__items=backlog)


async def test_a_project_of_nulls_is_exported(backup: Backup) -> None:
    answers: Answers = {
        "": {"_id": {"$oid": PROJECT_ID}},
        "__backlog__items": [],
        "__backlog__buckets": [],
        "__iterations": [],
    }
    _, rows = await exported(backup, **answers)
    assert [row["project_id"] for row in rows["projects"]] == [PROJECT_ID]
    assert sum(map(len, rows.values())) == 1
