"""What flow answers, in both formats, against the samples of its API Reference."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Edit
from tests.sandbox.flow.caller import FlowCaller

if TYPE_CHECKING:
    import httpx

    from agilekit.sandbox.flow.renderer import XmlMaps

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> FlowCaller:
    return FlowCaller()


def tree(answer: httpx.Response) -> ElementTree.Element:
    return ElementTree.fromstring(answer.text)  # noqa: S314 - written by the sandbox


async def test_members_are_a_map_keyed_by_id_in_the_order_they_joined(caller: FlowCaller) -> None:
    caller.at(2010, 2, 25, 12, 47, 19)
    caller.flow.add_member("Jim Hale", avatar="http://files.flow.io/avatars/23-Jim-Hale.jpg")
    members = (await caller.get("/members.json")).json()
    assert list(members) == ["2", "1"]
    assert members["2"] == {
        "board_name": "lighthouse",
        "user_id": 2,
        "user_joined": "2010-02-25 07:47:19",
        "user_name": "Jim Hale",
        "user_avatar": "http://files.flow.io/avatars/23-Jim-Hale.jpg",
        "user_escaped": "Jim-Hale",
    }


async def test_projects_come_in_descending_order_and_archived_ones_have_col_id_2(
    caller: FlowCaller,
) -> None:
    caller.flow.add_project("Site", archived=True)
    projects = (await caller.get("/projects.json")).json()
    assert list(projects) == ["2", "1"]
    assert projects["2"] == {
        "project_id": 2,
        "project_title": "Site",
        "project_order": 1.5,
        "user_id": 1,
        "forum_id": 2,
        "col_id": 2,
    }
    assert projects["1"]["col_id"] == 1


async def test_backlog_comes_first_although_its_order_is_lower(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test")
    cols = (await caller.get("/1/cols.json")).json()
    assert [(it["col_title"], it["col_order"]) for it in cols.values()] == [
        ("Backlog", 4),
        ("To-do", 5),
        ("In-progress", 2),
        ("Done", -1000),
    ]
    assert cols["1"] == {
        "col_id": 1,
        "project_id": 1,
        "col_title": "Backlog",
        "col_type": "B",
        "col_limit": 0,
        "col_order": 4,
        "num_tasks": 1,
        "user_id": 0,
    }
    assert [it["col_type"] for it in cols.values()] == ["B", "", "", "D"]


async def test_a_column_can_stand_between_the_others(caller: FlowCaller) -> None:
    review = caller.flow.add_column(caller.project, "Review", limit=3, order=1.25)
    cols = (await caller.get("/1/cols.json")).json()
    assert list(cols) == ["1", "2", "3", str(review.id), "4"]
    assert cols[str(review.id)]["col_order"] == 1.25


async def test_task_types_come_in_descending_order(caller: FlowCaller) -> None:
    caller.flow.add_task_type(caller.project, "Chore", color="CCCCCC", order=0.5)
    kinds = (await caller.get("/1/task_types.json")).json()
    assert list(kinds) == ["1", "4", "2", "3"]
    assert kinds["1"] == {
        "task_type_id": 1,
        "project_id": 1,
        "task_type_color": "EEEE99",
        "task_type_text": "Feature",
        "task_type_order": 1,
        "user_id": 1,
    }


async def test_tasks_come_column_by_column_and_from_the_top(caller: FlowCaller) -> None:
    flow, project = caller.flow, caller.project
    flow.add_task(project, "Delete article")
    flow.add_task(project, "Custom CSS", column=caller.done)
    flow.add_task(project, "List articles", column=caller.todo, user_ids=[1])
    flow.add_task(project, "Post comments")
    tasks = (await caller.get("/1/tasks.json")).json()
    assert list(tasks) == ["4", "1", "3", "2"]
    assert tasks["1"] == {
        "task_id": 1,
        "col_id": 1,
        "topic_id": 1,
        "task_type_id": 1,
        "task_text": "Delete article",
        "task_status": "",
        "task_order": 1,
    }
    assert tasks["3"]["assignments"] == {"0": 1}


async def test_a_task_that_is_not_done_has_neither_completion_nor_metrics(
    caller: FlowCaller,
) -> None:
    caller.at(2009, 12, 24, 10, 56, 28)
    caller.flow.add_task(caller.project, "Archive projects")
    assert (await caller.get("/task/1.json")).json() == {
        "task_id": 1,
        "project_id": 1,
        "user_id": 1,
        "col_id": 1,
        "task_type_id": 1,
        "task_text": "Archive projects",
        "task_order": 1,
        "task_created": "2009-12-24 05:56:28",
        "task_completed": None,
        "task_status": "",
        "task_metrics": None,
        "topic_id": 1,
    }


async def test_only_the_first_50_of_done_are_listed_but_all_are_counted(
    caller: FlowCaller,
) -> None:
    flow, project = caller.flow, caller.project
    for number in range(60):
        flow.add_task(project, f"Done {number}", column=caller.done)
        flow.add_task(project, f"To do {number}", column=caller.todo)
    tasks = (await caller.get("/1/tasks.json")).json()
    done = [it for it in tasks.values() if it["col_id"] == caller.done.id]
    assert [it["task_order"] for it in done] == [*range(60, 10, -1)]
    assert len(tasks) == 50 + 60
    assert (await caller.get("/1/cols.json")).json()["4"]["num_tasks"] == 60
    oldest = next(it for it in flow.tasks.values() if it.text == "Done 0")
    assert (await caller.get(f"/task/{oldest.id}.json")).json()["task_text"] == "Done 0"


async def test_a_large_board_is_made_quickly(caller: FlowCaller) -> None:
    for number in range(5_000):
        caller.flow.add_task(caller.project, f"Task {number}", column=caller.todo)
    assert len((await caller.get("/1/tasks.json")).json()) == 5_000


async def test_an_empty_map_is_an_empty_list_as_in_php_or_else_a_map(caller: FlowCaller) -> None:
    assert (await caller.get("/1/tasks.json")).text == "[]"
    caller.flow.empty_map = "{}"
    assert (await caller.get("/1/tasks.json")).text == "{}"
    assert (await caller.get("/1/tasks.xml")).text.endswith("<tasks/>\n")


async def test_numbers_can_be_strings_of_digits(caller: FlowCaller) -> None:
    task = caller.flow.add_task(caller.project, "Test", user_ids=[1])
    caller.flow.edit_task(task, Edit(after=4.5))
    caller.flow.ids_as_text = True
    listed = (await caller.get("/1/tasks.json")).json()["1"]
    assert listed["task_id"] == "1"
    assert listed["task_order"] == "3.5"
    assert listed["assignments"] == {"0": "1"}


async def test_assignments_can_be_a_list(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "Test", user_ids=[1])
    caller.flow.lists = "list"
    assert (await caller.get("/1/tasks.json")).json()["1"]["assignments"] == [1]


async def test_xml_is_untyped_text_with_the_names_of_json(caller: FlowCaller) -> None:
    caller.flow.add_task(caller.project, "<Sight> & swell\r\n\x00", user_ids=[1])
    answer = await caller.get("/1/tasks.xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    task = tree(answer)[0]
    assert [child.tag for child in task] == list(
        (await caller.get("/1/tasks.json")).json()["1"],
    )
    assert task.findtext("task_text") == "<Sight> & swell\r\n\ufffd"
    assert task.findtext("task_status") == ""
    assert not any(element.attrib for element in task.iter())


@pytest.mark.parametrize(
    ("shape", "tasks", "assignments", "phases"),
    [
        (
            "repeated",
            "<tasks><task><task_id>1</task_id>",
            "<assignments><assignment>1</assignment></assignments></task></tasks>",
            '<phase_times><phase_time id="1">0</phase_time></phase_times>',
        ),
        (
            "id",
            '<tasks><item id="1"><task_id>1</task_id>',
            '<assignments><item id="0">1</item></assignments></item></tasks>',
            '<phase_times><item id="1">0</item></phase_times>',
        ),
        (
            "underscore",
            "<tasks><_1><task_id>1</task_id>",
            "<assignments><_0>1</_0></assignments></_1></tasks>",
            "<phase_times><_1>0</_1></phase_times>",
        ),
        (
            "numbered",
            "<tasks><item1><task_id>1</task_id>",
            "<assignments><item0>1</item0></assignments></item1></tasks>",
            "<phase_times><item1>0</item1></phase_times>",
        ),
    ],
    ids=["repeated", "id", "underscore", "numbered"],
)
async def test_xml_writes_a_map_in_the_shape_that_is_chosen(
    caller: FlowCaller, shape: XmlMaps, tasks: str, assignments: str, phases: str
) -> None:
    caller.at(2026, 3, 2)
    caller.flow.add_task(caller.project, "Test", user_ids=[1], column=caller.done)
    caller.flow.xml_maps = shape
    listed = (await caller.get("/1/tasks.xml")).text
    assert tasks in listed
    assert assignments in listed
    history = await caller.get("/item_history/task/1.xml")
    assert phases in history.text
    assert "<idle_times><ready>0</ready><blocked>0</blocked></idle_times>" in history.text
    assert len(tree(history)) == 2


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/members", "members"),
        ("/projects", "projects"),
        ("/1/cols", "cols"),
        ("/1/task_types", "task_types"),
        ("/1/tasks", "tasks"),
        ("/1/tasks/recent_activity", "recent_activity"),
        ("/item_history/task/1", "item_history"),
        ("/task/1", "task"),
    ],
)
async def test_every_reading_call_answers_in_xml(caller: FlowCaller, path: str, root: str) -> None:
    caller.flow.add_task(caller.project, "Test")
    answer = await caller.get(f"{path}.xml")
    assert answer.status_code == 200
    assert tree(answer).tag == root


async def test_the_demo_seed_has_something_of_everything() -> None:
    caller = FlowCaller("demo")
    members = (await caller.get("/members.json")).json()
    projects = (await caller.get("/projects.json")).json()
    assert len(members) == 3
    assert [it["col_id"] for it in projects.values()] == [2, 1, 1]
    listed = [(await caller.get(f"/{number}/tasks.json")).json() for number in projects]
    assert 15 <= sum(map(len, listed)) < len(caller.flow.tasks) <= 40
    statuses = {task.status for task in caller.flow.tasks.values()}
    assert {"", "R", "D"} <= statuses


def test_two_boards_of_a_seed_are_equal_and_apart() -> None:
    one, other = Sandbox("demo").flow, Sandbox("demo").flow
    assert one == other
    assert (one.key, one.user_id, one.project_id) == (other.key, 1, 1)
    one.add_task(one.projects[1], "Only here")
    assert one != other


def test_the_empty_seed_has_a_project_without_tasks() -> None:
    flow = Sandbox("empty").flow
    assert [project.title for project in flow.projects.values()] == ["Empty Logbook"]
    assert flow.tasks == {}
