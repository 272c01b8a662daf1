"""The 13 calls of the document, typed from it, each with the methods that make it.

Source: flow API Reference, by heading and in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, Unpack

import httpx

from agilekit.flow import (
    Change,
    Column,
    EditedTask,
    Flow,
    IdleTimes,
    Member,
    Project,
    Task,
    TaskMetrics,
    TaskType,
)
from agilekit.session.options import Options
from tests.calls import Call, Habits
from tests.contract.headings import Heading
from tests.payloads import flow as samples

KEY: Final = "68300163a5d8b2d71d60"
"""The client's own."""
OTHER_KEY: Final = "b2401f37986bc90fb0cc"
BASE_PATH: Final = "/api/v10.05"
HABITS: Final = Habits(suffix=True, override="method", override_in_query=False)


def flow_at(
    server: httpx.AsyncBaseTransport,
    format: Literal["json", "xml"] = "json",
    *,
    override: bool = False,
    user_id: int | None = 1,
    **options: Unpack[Options],
) -> Flow:
    """A client of the board, through `server`."""
    options["transport"] = server
    return Flow("midori", key=KEY, user_id=user_id, format=format, override=override, **options)


def utc(*parts: int) -> datetime:
    year, month, day, hour, minute, second = parts
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


MEMBERS: Final = [
    Member(
        user_id=1,
        board_name="midori",
        user_joined=utc(2010, 2, 25, 11, 0, 0),
        user_name="Aycan Gulez",
        user_avatar="http://files.flow.io/avatars/1-Aycan-Gulez.jpg",
        user_escaped="Aycan-Gulez",
    ),
    Member(
        user_id=23,
        board_name="midori",
        user_joined=utc(2010, 2, 25, 12, 47, 19),
        user_name="Jim Hale",
        user_avatar="http://files.flow.io/avatars/23-Jim-Hale.jpg",
        user_escaped="Jim-Hale",
    ),
    Member(
        user_id=2,
        board_name="midori",
        user_joined=utc(2010, 2, 26, 3, 28, 25),
        user_name="Midori Kobayashi",
        user_avatar="http://files.flow.io/avatars/default.gif",
        user_escaped="Midori-Kobayashi",
    ),
]
PROJECTS: Final = [
    Project(project_id, title, order, user_id=1, forum_id=project_id, col_id=col_id)
    for project_id, title, order, col_id in (
        (16, "Simple Blog", 7.5, 2),
        (11, "Site", 6.5, 1),
        (1, "Software", 4.5, 1),
        (19, "Test", 2.5, 1),
    )
]
COLUMNS: Final = [
    Column(1, 1, "Backlog", "B", col_limit=0, col_order=4, num_tasks=12, user_id=0),
    Column(2, 1, "To-do", "", col_limit=5, col_order=5, num_tasks=2, user_id=1),
    Column(3, 1, "In-progress", "", col_limit=2, col_order=2, num_tasks=2, user_id=1),
    Column(4, 1, "Done", "D", col_limit=0, col_order=-1000, num_tasks=89, user_id=0),
]
TASK_TYPES: Final = [
    TaskType(1, 1, "EEEE99", "Feature", task_type_order=1, user_id=1),
    TaskType(6, 1, "77EE77", "Improvement", task_type_order=0, user_id=1),
    TaskType(7, 1, "EE9977", "Bug", task_type_order=-1, user_id=1),
]
TASKS: Final = [
    Task(
        task_id,
        col_id=col_id,
        topic_id=task_id,
        task_type_id=task_type_id,
        task_text=text,
        task_order=order,
        assignments=assignments,
    )
    for task_id, col_id, task_type_id, text, order, assignments in (
        (2406, 39, 24, "Delete article", 16, ()),
        (2407, 39, 24, "Post comments to articles", 15, ()),
        (2408, 39, 24, "Delete user comments", 14, ()),
        (2398, 40, 24, "List articles", 3, (1,)),
        (2405, 40, 24, "Edit article", 2, ()),
        (2411, 41, 25, "Custom CSS", 1, (1,)),
        (2404, 42, 24, "Add article", 2, ()),
        (2409, 42, 24, "Create database", 1, ()),
    )
]
TASK: Final = Task(
    task_id=2444,
    project_id=1,
    user_id=1,
    col_id=4,
    topic_id=2444,
    task_type_id=1,
    task_text="Archive projects",
    task_order=84,
    task_created=utc(2009, 12, 24, 10, 56, 28),
    task_completed=utc(2010, 3, 24, 20, 51, 38),
    task_metrics=TaskMetrics(
        phase_times={1: 4054931, 2: 3722312, 3: 34467},
        idle_times=IdleTimes(ready=0, blocked=0),
        cycle_time=7811710,
        working_cycle_time=3756779,
    ),
)
CHANGES: Final = [
    Change(
        change_id=1348,
        change_made=utc(2009, 12, 24, 10, 56, 28),
        change_type="T",
        change_content={
            "project_id": 1,
            "topic_id": 2444,
            "user_id": 1,
            "col_id": 1,
            "task_type_id": 1,
            "task_text": "Archive projects",
            "task_order": 13,
            "task_created": "2009-12-24 05:56:28",
            "task_id": 2444,
        },
        project_id=1,
        item_id=2444,
        user_id=1,
        ip="127.0.0.1",
    ),
    *(
        Change(
            change_id=change_id,
            change_made=made,
            change_type="T",
            change_content={
                "col_id": col_id,
                "task_order": order,
                "old_task_text": "Archive projects",
                "old_task_order": old_order,
                "old_col_title": title,
            },
            project_id=1,
            item_id=2444,
            user_id=1,
            ip="127.0.0.1",
        )
        for change_id, made, col_id, order, old_order, title in (
            (1349, utc(2009, 12, 24, 10, 56, 39), 2, 5, 13, "To-do"),
            (2018, utc(2010, 2, 5, 12, 36, 25), 1, 21.5, 5, "Backlog"),
            (2119, utc(2010, 3, 24, 10, 58, 25), 2, 4, 21.5, "To-do"),
            (2120, utc(2010, 3, 24, 11, 17, 11), 3, 2, 4, "In-progress"),
        )
    ),
    Change(
        change_id=2162,
        change_made=utc(2010, 3, 24, 20, 51, 38),
        change_type="T",
        change_content={
            "col_id": 4,
            "task_order": 84,
            "task_completed": "2010-03-24 16:51:38",
            "task_metrics": {
                "phase_times": {"1": 4054931, "2": 3722312, "3": 34467},
                "idle_times": {"ready": 0, "blocked": 0},
                "cycle_time": 7811710,
                "working_cycle_time": 3756779,
            },
            "old_task_text": "Archive projects",
            "old_task_order": 2,
            "old_col_title": "Done",
        },
        project_id=1,
        item_id=2444,
        user_id=1,
        ip="127.0.0.1",
    ),
]
EVOLVED: Final = EditedTask(task_id=2569, user_id=1, task_text="Evolved", task_status="R")

DOCUMENT: Final[Sequence[Heading]] = (
    ("API Reference", "`Flow`"),
    ("REST API Overview", "`Flow(format=…, override=…)`, [errors](guides/errors.md)"),
    ("API Location and Authentication", "`Flow(board, key=…, base_url=…)`"),
    ("API Change History", "nothing to call"),
    ("Interactive Console", "nothing to call"),
    ("REST Console", "nothing to call"),
    "GET /members.format",
    "GET /projects.format",
    "GET /project_id/cols.format",
    "GET /project_id/task_types.format",
    "GET /project_id/tasks.format",
    "GET /project_id/tasks/recent_activity.format",
    "GET /item_history/item_type/item_id.format",
    "GET /task/task_id.format",
    "POST /task.format",
    "POST /authentication.format",
    "PUT /task/task_id.format",
    "DELETE /task/task_id.format",
    "DELETE /authentication/key.format",
)
"""Every heading of the document, in its order: a call, or where its subject is in the library."""

CALLS: Final[Sequence[Call[Flow]]] = (
    Call(
        heading="GET /members.format",
        method="GET",
        path="/members",
        make=lambda flow: flow.members.all(),
        result=MEMBERS,
        json=samples.GET_MEMBERS,
        xml=samples.GET_MEMBERS_XML,
    ),
    Call(
        heading="GET /projects.format",
        method="GET",
        path="/projects",
        make=lambda flow: flow.projects.all(),
        result=PROJECTS,
        json=samples.GET_PROJECTS,
        xml=samples.GET_PROJECTS_XML,
    ),
    Call(
        heading="GET /project_id/cols.format",
        method="GET",
        path="/1/cols",
        make=lambda flow: flow.columns.all(1),
        result=COLUMNS,
        json=samples.GET_COLS,
        xml=samples.GET_COLS_XML,
    ),
    Call(
        heading="GET /project_id/task_types.format",
        method="GET",
        path="/1/task_types",
        make=lambda flow: flow.task_types.all(Project(1)),
        result=TASK_TYPES,
        json=samples.GET_TASK_TYPES,
        xml=samples.GET_TASK_TYPES_XML,
    ),
    Call(
        heading="GET /project_id/tasks.format",
        method="GET",
        path="/16/tasks",
        make=lambda flow: flow.tasks.all(16),
        result=TASKS,
        json=samples.GET_TASKS,
        xml=samples.GET_TASKS_XML,
    ),
    Call(
        heading="GET /project_id/tasks/recent_activity.format",
        method="GET",
        path="/1/tasks/recent_activity",
        make=lambda flow: flow.tasks.recent_activity(1),
        result=CHANGES[:2],
        json=samples.GET_RECENT_ACTIVITY,
        xml=samples.GET_RECENT_ACTIVITY_XML,
    ),
    Call(
        heading="GET /project_id/tasks/recent_activity.format",
        method="GET",
        path="/1/tasks/recent_activity",
        make=lambda flow: flow.tasks.recent_activity(Project(1)),
        result=[],
        status=404,
    ),
    Call(
        heading="GET /item_history/item_type/item_id.format",
        method="GET",
        path="/item_history/task/2444",
        make=lambda flow: flow.history.of("task", 2444),
        result=CHANGES,
        json=samples.GET_ITEM_HISTORY,
        xml=samples.GET_ITEM_HISTORY_XML,
    ),
    Call(
        heading="GET /item_history/item_type/item_id.format",
        method="GET",
        path="/item_history/task_type/6",
        make=lambda flow: flow.history.of("task_type", TaskType(6)),
        result=[],
        json=[],
        xml="<changes/>",
    ),
    Call(
        heading="GET /item_history/item_type/item_id.format",
        method="GET",
        path="/item_history/col/39",
        make=lambda flow: flow.history.of("col", Column(39)),
        result=[],
        json={},
        xml='<changes type="array"/>',
    ),
    Call(
        heading="GET /item_history/item_type/item_id.format",
        method="GET",
        path="/item_history/project/16",
        make=lambda flow: flow.history.of("project", Project(16)),
        result=[],
        json=[],
        xml="<changes></changes>",
    ),
    Call(
        heading="GET /item_history/item_type/item_id.format",
        method="GET",
        path="/item_history/group/3",
        make=lambda flow: flow.history.of("group", 3),
        result=[],
        json=[],
        xml="<changes>\n</changes>",
    ),
    Call(
        heading="GET /task/task_id.format",
        method="GET",
        path="/task/2444",
        make=lambda flow: flow.tasks.get(2444),
        result=TASK,
        json=samples.GET_TASK,
        xml=samples.GET_TASK_XML,
    ),
    Call(
        heading="POST /task.format",
        method="POST",
        path="/task",
        fields={"user_id": "1", "project_id": "1", "task_text": "Test", "task_type_id": "1"},
        make=lambda flow: flow.tasks.create(1, task_text="Test", task_type_id=1),
        result=2569,
        json=samples.POST_TASK,
        xml=samples.POST_TASK_XML,
    ),
    Call(
        heading="POST /task.format",
        method="POST",
        path="/task",
        fields={"user_id": "1", "project_id": "16", "task_text": "ä & ü\n=", "task_type_id": "6"},
        make=lambda flow: flow.tasks.create(
            Project(16), task_text="ä & ü\n=", task_type_id=TaskType(6)
        ),
        result=2569,
        json={"task_id": "2569"},
        xml="<task_id>2569</task_id>",
    ),
    Call(
        heading="POST /authentication.format",
        method="POST",
        path="/authentication",
        make=lambda flow: flow.keys.create(),
        result=OTHER_KEY,
        json=samples.POST_AUTHENTICATION,
        xml=samples.POST_AUTHENTICATION_XML,
    ),
    Call(
        heading="PUT /task/task_id.format",
        method="PUT",
        path="/task/2569",
        fields={"user_id": "1", "task_text": "Evolved", "task_status": "R"},
        make=lambda flow: flow.tasks.update(2569, task_text="Evolved", task_status="R"),
        result=EVOLVED,
        json=samples.PUT_TASK,
        xml=samples.PUT_TASK_XML,
    ),
    Call(
        heading="PUT /task/task_id.format",
        method="PUT",
        path="/task/2569",
        fields={
            "user_id": "1",
            "task_text": "Evolved",
            "task_type_id": "6",
            "task_status": "",
            "user_ids": "1,23",
            "col_id": "39",
            "prev_task_order": "21.5",
        },
        make=lambda flow: flow.tasks.update(
            Task(2569),
            task_text="Evolved",
            task_type_id=TaskType(6),
            task_status="",
            user_ids=[1, Member(23)],
            col_id=Column(39),
            prev_task_order=21.5,
        ),
        result=EditedTask(
            task_id=2569,
            user_id=1,
            task_text="Evolved",
            task_type_id=6,
            task_status="",
            user_ids=(1, 23),
            assignments=(1, 23),
            col_id=39,
            task_order=20.5,
        ),
        json={
            "task_id": 2569,
            "user_id": 1,
            "task_text": "Evolved",
            "task_type_id": 6,
            "task_status": "",
            "user_ids": "1,23",
            "assignments": [1, 23],
            "col_id": 39,
            "task_order": 20.5,
        },
        xml="""<task><task_id>2569</task_id><user_id>1</user_id><task_text>Evolved</task_text>
            <task_type_id>6</task_type_id><task_status/><user_ids>1,23</user_ids>
            <assignments><item>1</item><item>23</item></assignments><col_id>39</col_id>
            <task_order>20.5</task_order></task>""",
    ),
    Call(
        heading="PUT /task/task_id.format",
        method="PUT",
        path="/task/2569",
        fields={"user_id": "1", "task_status": "", "user_ids": "", "prev_task_order": "none"},
        make=lambda flow: flow.tasks.update(
            2569, task_status=None, user_ids=None, prev_task_order="none"
        ),
        result=EditedTask(task_id=2569, user_ids=(), assignments=()),
        json={"task_id": 2569, "user_ids": "", "assignments": []},
        xml="<task><task_id>2569</task_id><user_ids/><assignments/></task>",
    ),
    Call(
        heading="DELETE /task/task_id.format",
        method="DELETE",
        path="/task/2572",
        fields={"user_id": "1"},
        make=lambda flow: flow.tasks.delete(2572),
        result=EditedTask(task_id=2572, user_id=1, task_status="D"),
        json=samples.DELETE_TASK,
        xml=samples.DELETE_TASK_XML,
    ),
    Call(
        heading="DELETE /authentication/key.format",
        method="DELETE",
        path=f"/authentication/{OTHER_KEY}",
        make=lambda flow: flow.keys.delete(OTHER_KEY),
        result=OTHER_KEY,
        json=samples.DELETE_AUTHENTICATION,
        xml=samples.DELETE_AUTHENTICATION_XML,
    ),
)


def answer(call: Call[Flow], format: Literal["json", "xml"]) -> object:
    """The body that the service answers with."""
    if format == "xml":
        return (call.xml or "").encode()
    return b"" if call.json is None else call.json
