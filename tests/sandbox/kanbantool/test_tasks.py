"""Tasks of Kanban Tool: writing, listing, moving, archiving and deleting them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agilekit.sandbox.kanbantool import Stage, Task
from tests.sandbox.kanbantool.caller import NOON, Caller, error

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def task(caller: Caller) -> Task:
    return caller.service.add_task(caller.board, "Task")


def path(caller: Caller, task: Task, rest: str = ".json") -> str:
    return f"{caller.tasks}/{task.id}{rest}"


def archive(caller: Caller, number: int) -> list[Task]:
    """Archived tasks, oldest first."""
    return [
        caller.service.add_task(
            caller.board, f"Task {n}", archived_at=NOON - timedelta(days=2) + timedelta(seconds=n)
        )
        for n in range(number)
    ]


async def test_a_new_task_takes_the_documented_defaults(caller: Caller) -> None:
    answer = await caller.send("POST", f"{caller.tasks}.json", task__name="New")
    made = answer.json()["task"]
    expected: dict[str, object] = {
        "swimlane_id": caller.board.rows()[0].id,
        "workflow_stage_id": caller.board.columns()[0].id,
        "card_type_id": caller.board.default_card_type().id,
        "position": 1,
        "priority": 0,
        "size_estimate": "1.0",
        "comments": [],
        "subtasks": [],
    }
    assert {name: made[name] for name in expected} == expected
    assert [change["what"] for change in made["changelogs"]] == ["created"]


async def test_every_documented_attribute_can_be_written_and_cleared(caller: Caller) -> None:
    board = caller.board
    fields: dict[str, str | int] = {
        "name": "New",
        "description": "<p>Rich &amp; text</p>",
        "assigned_user_id": caller.service.user.id,
        "card_type_id": list(board.card_types)[1],
        "due_date": "2026-06-30",
        "external_link": "https://example.com/?a=1&b=2",
        "priority": -1,
        "size_estimate": "2.25",
        "swimlane_id": board.rows()[0].id,
        "workflow_stage_id": board.columns()[1].id,
        "tags": "one,two",
        "custom_field_1": "first",
        "custom_field_10": "last",
    }
    named = {f"task__{name}": value for name, value in fields.items()}
    made = (await caller.send("POST", f"{caller.tasks}.json", **named)).json()["task"]
    assert {name: made[name] for name in fields} == fields
    assert made["assigned_user"] == {"initials": "API", "name": "API Access - Jane Smith"}
    there = f"{caller.tasks}/{made['id']}.json"
    nothing = {"due_date": None, "assigned_user_id": None, "custom_field_1": None}
    cleared = (await caller.http.put(there, json=nothing)).json()["task"]
    assert {name: cleared[name] for name in nothing} == nothing
    assert cleared["custom_field_10"] == "last"
    assert "assigned_user" not in cleared
    blank = {"task__external_link": "", "task__custom_field_10": ""}
    assert (await caller.send("PUT", there, **blank)).json()["task"]["external_link"] == ""


async def test_a_task_that_breaks_the_rules_is_refused_with_all_reasons(caller: Caller) -> None:
    answer = await caller.send("POST", f"{caller.tasks}.xml", task__size_estimate="big")
    message = "Name cannot be blank, Size estimate must be numeric"
    assert (answer.status_code, answer.text) == (400, error(message, 400))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assigned_user_id", "1"),
        ("card_type_id", "1"),
        ("due_date", "30.6.2026"),
        ("due_date", "2026-02-30"),
        ("swimlane_id", "1"),
        ("workflow_stage_id", "1"),
        ("priority", "high"),
        ("size_estimate", "1e9"),
        ("name", ""),
    ],
)
async def test_what_breaks_the_rules_creates_nothing(caller: Caller, name: str, value: str) -> None:
    form = {"task__name": "New", f"task__{name}": value}
    assert (await caller.send("POST", f"{caller.tasks}.json", **form)).status_code == 400
    assert caller.board.tasks == {}


async def test_an_update_moves_nothing(caller: Caller, task: Task) -> None:
    before = task.workflow_stage_id, task.position
    form: dict[str, str | int] = {
        "task__workflow_stage_id": caller.board.columns()[1].id,
        "task__swimlane_id": "1",
        "task__position": 7,
        "task__name": "New",
    }
    assert (await caller.send("PUT", path(caller, task), **form)).status_code == 200
    assert (task.name, task.workflow_stage_id, task.position) == ("New", *before)


async def test_every_write_counts_and_is_noted(caller: Caller, task: Task) -> None:
    version, board_version = task.version, caller.board.version
    caller.later(days=1)
    made = (await caller.send("PUT", path(caller, task), task__name="New")).json()["task"]
    assert (made["version"], made["board_version"]) == (version + 1, board_version + 1)
    assert made["updated_at"] == "2026-05-05T12:00:00+00:00"
    assert made["created_at"] == "2026-05-04T12:00:00+00:00"
    assert caller.board.last_activity_on == caller.now.date()
    assert caller.board.changelog[-1].what == "updated"


async def test_the_plain_list_holds_all_open_tasks_whatever_page_is_asked_for(
    caller: Caller,
) -> None:
    for number in range(200):
        caller.service.add_task(caller.board, f"Task {number}")
    archive(caller, 3)
    answer = await caller.get(f"{caller.tasks}.json", page=2, per_page=10, archived=0)
    assert len(answer.json()) == 200
    assert "pagination" not in (await caller.get(f"{caller.tasks}.xml")).text


async def test_archived_tasks_come_in_pages_newest_first(caller: Caller, task: Task) -> None:
    ids = [one.id for one in archive(caller, 120)]
    pages = [
        (await caller.get(f"{caller.tasks}.json", archived=1, page=page)).json()
        for page in (1, 2, 3, 4)
    ]
    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert [one["id"] for page in pages for one in page] == ids[::-1]


@pytest.mark.parametrize(
    ("asked", "given"), [("175", 175), ("1000", 175), ("0", 50), ("x", 50), ("-3", 50), ("7", 7)]
)
async def test_a_page_holds_at_most_175_tasks(caller: Caller, asked: str, given: int) -> None:
    archive(caller, 180)
    answer = await caller.get(f"{caller.tasks}.json", archived=1, per_page=asked)
    assert len(answer.json()) == given


async def test_a_thousand_archived_tasks_are_no_burden(caller: Caller) -> None:
    archive(caller, 1000)
    answer = await caller.get(f"{caller.tasks}.json", archived=1, per_page=175, page=6)
    assert len(answer.json()) == 1000 - 5 * 175


async def test_xml_shows_the_pagination_without_types_and_dashes(caller: Caller) -> None:
    archive(caller, 53)
    first = (await caller.get(f"{caller.tasks}.xml", archived=1)).text
    assert first.endswith(
        "</task><pagination><page>1</page><total_pages>2</total_pages>"
        "<total_entries>53</total_entries><previous_page></previous_page>"
        "<next_page>2</next_page></pagination></tasks>\n"
    )
    beyond = (await caller.get(f"{caller.tasks}.xml", archived=1, page=3)).text
    assert '<tasks type="array"><pagination><page>3</page>' in beyond
    assert "<previous_page>2</previous_page><next_page></next_page>" in beyond


async def test_tasks_of_a_swimlane_or_a_column_come_in_pages_too(caller: Caller) -> None:
    service, board = caller.service, caller.board
    doing, lane = board.columns()[1], service.add_swimlane(board, "Second")
    inside = [service.add_task(board, "In", stage=doing, swimlane=lane) for _ in range(60)]
    service.add_task(board, "Elsewhere")
    for filters in ({"swimlane_id": lane.id}, {"workflow_stage_id": doing.id, "archived": 0}):
        answer = await caller.get(f"{caller.tasks}.json", page=2, **filters)
        assert [one["id"] for one in answer.json()] == [one.id for one in inside[50:]]
    archived = await caller.get(f"{caller.tasks}.json", swimlane_id=lane.id, archived=1)
    assert archived.json() == []
    assert (await caller.get(f"{caller.tasks}.json", swimlane_id="x")).json() == []


async def test_pages_shift_while_they_are_read_and_the_others_stay(caller: Caller) -> None:
    service = caller.service
    tasks = archive(caller, 12)
    churn, staying = tasks[8:], {task.id for task in tasks[:8]}
    for task in churn[1::2]:
        service.unarchive(task)
    service.churn.extend(task.id for task in churn)
    service.shift_pages = True
    for page in range(1, 9):
        caller.later(minutes=1)
        await caller.get(f"{caller.tasks}.json", archived=1, per_page=3, page=page)
        archived = {one.id for one in caller.board.tasks.values() if one.archived_at}
        assert staying < archived
        assert len(archived) == 10
    await caller.get(f"{caller.tasks}.json")
    changes = [change.what for change in caller.board.changelog[-16:]]
    assert changes.count("archived") == changes.count("unarchived") == 8


async def test_pages_that_shift_lose_and_repeat_tasks(caller: Caller) -> None:
    tasks = archive(caller, 12)
    caller.service.churn.extend(task.id for task in tasks[10:])
    caller.service.shift_pages = True
    seen: list[int] = []
    for page in (1, 2, 3, 4):
        rows = (await caller.get(f"{caller.tasks}.json", archived=1, per_page=3, page=page)).json()
        seen += [row["id"] for row in rows]
    assert len(set(seen)) < len(seen)
    assert not {task.id for task in tasks[:10]} <= set(seen)


async def test_up_and_down_swap_positions_within_a_cell(caller: Caller) -> None:
    one, two = (caller.service.add_task(caller.board, name) for name in ("One", "Two"))
    answer = await caller.send("PUT", path(caller, two, "/move.json"), direction="up")
    assert answer.json()["task"]["position"] == 1
    assert one.position == 2
    await caller.send("PUT", path(caller, two, "/move.json"), direction="up")
    assert (two.position, one.position) == (1, 2)
    await caller.send("PUT", path(caller, two, "/move.json"), direction="down")
    assert (one.position, two.position) == (1, 2)


async def test_a_direction_sent_twice_moves_twice(caller: Caller, task: Task) -> None:
    columns = [stage.id for stage in caller.board.columns()]
    for expected in (*columns[1:], columns[-1]):
        await caller.send("PUT", path(caller, task, "/move.json"), direction="next_stage")
        assert task.workflow_stage_id == expected
    await caller.send("PUT", path(caller, task, "/move.json"), direction="prev_stage")
    assert task.workflow_stage_id == columns[1]


async def test_a_task_moves_between_swimlanes(caller: Caller, task: Task) -> None:
    lane = caller.service.add_swimlane(caller.board, "Second")
    await caller.send("PUT", path(caller, task, "/move.json"), direction="next_swimlane")
    assert task.swimlane_id == lane.id
    await caller.send("PUT", path(caller, task, "/move.json"), direction="prev_swimlane")
    assert task.swimlane_id == caller.board.rows()[0].id


async def test_a_move_to_a_target_goes_to_the_bottom_whatever_position_is_given(
    caller: Caller, task: Task
) -> None:
    done, lane = caller.board.columns()[-1], caller.service.add_swimlane(caller.board, "Second")
    caller.service.add_task(caller.board, "There", stage=done, swimlane=lane)
    target = {"workflow_stage_id": done.id, "swimlane_id": lane.id, "position": 1}
    answer = await caller.http.put(path(caller, task, "/move.json"), json=target)
    moved = answer.json()["task"]
    assert (moved["workflow_stage_id"], moved["swimlane_id"]) == (done.id, lane.id)
    assert moved["position"] == 2


@pytest.mark.parametrize(
    "form", [{}, {"direction": "left"}, {"workflow_stage_id": 1}, {"position": 2}]
)
async def test_a_move_to_nowhere_is_refused(
    caller: Caller, task: Task, form: dict[str, str | int]
) -> None:
    answer = await caller.send("PUT", path(caller, task, "/move.json"), **form)
    assert answer.status_code == 422


async def test_the_columns_of_a_board_are_the_stages_without_stages_inside() -> None:
    board = Caller("demo").board
    names = [stage.name for stage in board.columns()]
    assert names == ["To do", "In progress", "Inspection", "Coast guard", "Done"]


@pytest.mark.parametrize("by", ["direction", "target"])
async def test_a_full_column_takes_no_more_unless_a_reason_is_given(
    caller: Caller, task: Task, by: str
) -> None:
    doing: Stage = caller.board.columns()[1]
    doing.limit = 1
    lane = caller.service.add_swimlane(caller.board, "Second")
    there = caller.service.add_task(caller.board, "There", stage=doing, swimlane=lane)
    form: dict[str, str | int] = {"workflow_stage_id": doing.id}
    if by == "direction":
        form = {"direction": "next_stage"}
    answer = await caller.send("PUT", path(caller, task, "/move.xml"), **form, override="")
    message = "WIP Limit exceeded for target column and override not specified"
    assert (answer.status_code, answer.text) == (409, error(message, 409))
    assert task.workflow_stage_id != doing.id
    inside = await caller.send("PUT", path(caller, there, "/move.xml"), direction="prev_swimlane")
    assert inside.status_code == 200
    forced = await caller.send("PUT", path(caller, task, "/move.xml"), **form, override="Storm")
    assert forced.status_code == 200
    assert task.workflow_stage_id == doing.id


async def test_a_deleted_task_is_returned_and_gone(caller: Caller, task: Task) -> None:
    answer = await caller.send("DELETE", path(caller, task))
    assert answer.json()["task"]["name"] == "Task"
    assert (await caller.send("DELETE", path(caller, task))).status_code == 404
    assert caller.board.changelog[-1].what == "deleted"


async def test_a_task_is_archived_from_the_last_column_only(caller: Caller, task: Task) -> None:
    refused = await caller.send("PUT", path(caller, task, "/archive.xml"))
    message = "Task is not ready to be archived"
    assert (refused.status_code, refused.text) == (422, error(message, 422))
    task.workflow_stage_id = caller.board.columns()[-1].id
    done = (await caller.send("PUT", path(caller, task, "/archive.json"))).json()["task"]
    assert done["archived_at"] == "2026-05-04T12:00:00+00:00"
    assert (await caller.send("PUT", path(caller, task, "/archive.json"))).status_code == 422


async def test_an_archived_task_is_neither_deleted_nor_moved(caller: Caller) -> None:
    (task,) = archive(caller, 1)
    message = "Task is archived, please unarchive it first"
    for answer in (
        await caller.send("DELETE", path(caller, task, ".xml")),
        await caller.send("PUT", path(caller, task, "/move.xml"), direction="prev_stage"),
    ):
        assert (answer.status_code, answer.text) == (400, error(message, 400))
    back = (await caller.send("PUT", path(caller, task, "/unarchive.json"))).json()["task"]
    assert back["archived_at"] is None
    again = await caller.send("PUT", path(caller, task, "/unarchive.xml"))
    assert (again.status_code, again.text) == (422, error("Task is not archived", 422))
    assert (await caller.send("DELETE", path(caller, task))).status_code == 200
