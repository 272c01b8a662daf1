"""The wire form of Kanban Tool: payloads typed from the samples of its document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.sandbox.kanbantool.caller import Caller, squeezed

pytestmark = pytest.mark.anyio

TASK = {
    "archived_at", "assigned_user_id", "card_type_id", "comments_count", "created_at",
    "custom_field_1", "custom_field_2", "custom_field_3", "custom_field_4", "custom_field_5",
    "custom_field_6", "custom_field_7", "custom_field_8", "custom_field_9", "custom_field_10",
    "description", "due_date", "external_link", "id", "name", "position", "priority",
    "size_estimate", "subtasks_completed_count", "subtasks_count", "swimlane_id", "tags",
    "updated_at", "workflow_stage_id",
}  # fmt: skip
EXTRAS = {
    "block_reason", "board_id", "board_version", "external_id", "owner_id", "timers_total",
    "version",
}  # fmt: skip


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.service.envelopes = "2013"
    return caller


async def test_a_list_of_boards_is_written_as_in_the_sample(caller: Caller) -> None:
    folder = caller.service.add_folder("Kanban Tool", description="development & support")
    caller.board.folder_id = folder.id
    caller.service.timezone = timezone(timedelta(hours=1))
    answer = await caller.get("/boards.xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?>\n' + (
        squeezed(f"""
        <boards type="array">
          <board>
            <created-at type="datetime">2026-03-02T09:01:00+01:00</created-at>
            <description/>
            <folder-id type="integer">{folder.id}</folder-id>
            <id type="integer">{caller.board.id}</id>
            <last-activity-on type="date">2026-03-02</last-activity-on>
            <name>Empty board</name>
            <position type="integer">1</position>
            <version type="integer">0</version>
            <folder>
              <created-at type="datetime">2026-05-04T13:00:00+01:00</created-at>
              <description>development &amp; support</description>
              <id type="integer">{folder.id}</id>
              <name>Kanban Tool</name>
              <position type="integer">1</position>
            </folder>
          </board>
        </boards>""")
        + "\n"
    )


async def test_the_structure_of_a_board_is_written_as_in_the_sample(caller: Caller) -> None:
    board = caller.board
    lane, root, first = board.rows()[0], *list(board.workflow_stages.values())[:2]
    feature = board.default_card_type()
    text = (await caller.get(f"{caller.root}.xml")).text
    assert "<folder>" not in text
    for part in (
        f"""
        <swimlanes type="array">
          <swimlane>
            <board-id type="integer">{board.id}</board-id>
            <id type="integer">{lane.id}</id>
            <limit type="integer" nil="true"/>
            <name/>
            <position type="integer">1</position>
          </swimlane>
        </swimlanes>""",
        f"""
        <workflow-stages type="array">
          <workflow-stage>
            <board-id type="integer">{board.id}</board-id>
            <id type="integer">{root.id}</id>
            <lane-width type="integer">1</lane-width>
            <limit type="integer" nil="true"/>
            <name nil="true"/>
            <parent-id type="integer" nil="true"/>
            <position type="integer">1</position>
          </workflow-stage>
          <workflow-stage>
            <board-id type="integer">{board.id}</board-id>
            <id type="integer">{first.id}</id>""",
        f"""
        <card-types type="array">
          <card-type>
            <board-id type="integer">{board.id}</board-id>
            <color-ref>yellow</color-ref>
            <id type="integer">{feature.id}</id>
            <is-default type="boolean">true</is-default>
            <is-disabled type="boolean">false</is-disabled>
            <name>Feature</name>
            <position type="integer">1</position>
          </card-type>""",
    ):
        assert squeezed(part) in text


async def test_users_come_as_caller_then_active_then_suspended(caller: Caller) -> None:
    service, board = caller.service, caller.board
    away = service.add_user("Adam Lee", initials="AL", is_suspended=True)
    active = service.add_user("Bernard Zent", initials="BZ")
    for user in (away, active):
        service.share(board, user, ["read"])
    board.shares = dict(reversed(board.shares.items()))
    answer = (await caller.get(f"{caller.root}/users.json")).json()
    assert [one["shared_item_user"]["user_id"] for one in answer] == [
        service.user.id,
        active.id,
        away.id,
    ]
    share = board.shares[away.id]
    assert answer[2] == {
        "shared_item_user": {
            "can_create_tasks": False,
            "can_delete_tasks": False,
            "can_move_tasks": False,
            "can_read_tasks": True,
            "can_update_tasks": False,
            "id": share.id,
            "updated_at": "2026-05-04T12:00:00+00:00",
            "user_id": away.id,
            "user": {"id": away.id, "initials": "AL", "is_suspended": True, "name": "Adam Lee"},
        }
    }
    text = (await caller.get(f"{caller.root}/users.xml")).text
    assert '<shared-item-users type="array"><shared-item-user><can-create-tasks type="b' in text


async def test_a_change_is_written_as_in_the_sample(caller: Caller) -> None:
    task = caller.service.add_task(caller.board, "Buy wine")
    caller.service.add_comment(task, "dry or sweet?")
    change = caller.board.changelog[-1]
    text = (await caller.get(f"{caller.root}/changelog.xml")).text
    assert (
        squeezed(f"""
        <changelogs type="array">
          <changelog>
            <id type="integer">{change.id}</id>
            <changed-object-type>Task</changed-object-type>
            <changed-object-id type="integer">{task.id}</changed-object-id>
            <user-id type="integer">{caller.service.user.id}</user-id>
            <swimlane-id type="integer">{task.swimlane_id}</swimlane-id>
            <workflow-stage-id type="integer" nil="true"/>
            <what>comment_added</what>
            <description>API has commented on task 'Buy wine': dry or sweet?</description>
            <created-at type="datetime">2026-05-04T12:00:00+00:00</created-at>
          </changelog>""")
        in text
    )
    caller.service.envelopes = "2017"
    newest = (await caller.get(f"{caller.root}/changelog.json")).json()[0]
    assert newest["changelog"]["data"] == {}


async def test_a_task_in_a_list_is_written_as_in_the_sample(caller: Caller) -> None:
    user = caller.service.add_user("Joe Stuart", initials="JS")
    task = caller.service.add_task(caller.board, "Add API", assigned_user_id=user.id)
    text = (await caller.get(f"{caller.tasks}.xml")).text
    customs = "".join(f'<custom-field-{number} nil="true"/>' for number in range(1, 11))
    assert (
        squeezed(f"""
        <tasks type="array">
          <task>
            <archived-at type="datetime" nil="true"/>
            <assigned-user-id type="integer">{user.id}</assigned-user-id>
            <card-type-id type="integer">{task.card_type_id}</card-type-id>
            <comments-count type="integer">0</comments-count>
            <created-at type="datetime">2026-05-04T12:00:00+00:00</created-at>
            {customs}
            <description nil="true"/>
            <due-date type="date" nil="true"/>
            <external-link nil="true"/>
            <id type="integer">{task.id}</id>
            <name>Add API</name>
            <position type="integer">1</position>
            <priority type="integer">0</priority>
            <size-estimate type="decimal">1.0</size-estimate>
            <subtasks-completed-count type="integer">0</subtasks-completed-count>
            <subtasks-count type="integer">0</subtasks-count>
            <swimlane-id type="integer">{task.swimlane_id}</swimlane-id>
            <tags/>
            <updated-at type="datetime">2026-05-04T12:00:00+00:00</updated-at>
            <workflow-stage-id type="integer">{task.workflow_stage_id}</workflow-stage-id>
            <assigned-user>
              <initials>JS</initials>
              <name>Joe Stuart</name>
            </assigned-user>
          </task>
        </tasks>""")
        in text
    )


async def test_a_task_in_json_has_the_same_keys_a_text_for_its_size_and_no_empty_user(
    caller: Caller,
) -> None:
    caller.service.add_task(caller.board, "Add API")
    (row,) = (await caller.get(f"{caller.tasks}.json")).json()
    assert row["task"].keys() == TASK
    assert row["task"]["size_estimate"] == "1.0"
    assert row["task"]["due_date"] is None


async def test_the_envelopes_of_2017_have_bare_lists_of_tasks_and_more_keys(
    caller: Caller,
) -> None:
    caller.service.envelopes = "2017"
    task = caller.service.add_task(caller.board, "Add API")
    (row,) = (await caller.get(f"{caller.tasks}.json")).json()
    assert row.keys() == TASK | EXTRAS
    (board,) = (await caller.get("/boards.json")).json()
    assert board["board"].keys() == {
        "created_at", "description", "folder_id", "id", "last_activity_on", "name", "position",
        "version", "owner_id",
    }  # fmt: skip
    details = (await caller.get(f"{caller.tasks}/{task.id}.json")).json()
    assert details["task"].keys() == TASK | EXTRAS | {"comments", "changelogs", "subtasks"}


@pytest.mark.parametrize("number", [5, 15])
async def test_custom_fields_run_to_what_the_account_has(caller: Caller, number: int) -> None:
    caller.service.custom_fields = 5 if number == 5 else 15
    caller.service.add_task(caller.board, "Task", custom_fields={number: "last"})
    (row,) = (await caller.get(f"{caller.tasks}.json")).json()
    assert row["task"][f"custom_field_{number}"] == "last"
    assert f"custom_field_{number + 1}" not in row["task"]


async def test_the_details_of_a_task_are_written_as_in_the_sample(caller: Caller) -> None:
    service = caller.service
    user = service.add_user("Joe Stuart", initials="JS")
    task = service.add_task(caller.board, "Add API", by=user)
    comment = service.add_comment(task, "Sample Comment", by=user)
    subtask = service.add_subtask(task, "ToDo1", assigned_user_id=user.id)
    created = task.changelog[0]
    text = (await caller.get(f"{caller.tasks}/{task.id}.xml")).text
    stamp = '{} type="datetime">2026-05-04T12:00:00+00:00</{}'.format
    stamped = (stamp("created-at", "created-at"), stamp("updated-at", "updated-at"))
    for part in (
        f"""
        <comments type="array">
          <comment>
            <id type="integer">{comment.id}</id>
            <{stamped[0]}>
            <{stamped[1]}>
            <user-id type="integer">{user.id}</user-id>
            <content>Sample Comment</content>
            <user>
              <initials>JS</initials>
              <name>Joe Stuart</name>
            </user>
          </comment>
        </comments>
        <changelogs type="array">
          <changelog>
            <id type="integer">{created.id}</id>
            <user-id type="integer">{user.id}</user-id>
            <swimlane-id type="integer">{task.swimlane_id}</swimlane-id>
            <workflow-stage-id type="integer">{task.workflow_stage_id}</workflow-stage-id>
            <what>created</what>
            <description>JS added task Add API to the board</description>
            <{stamped[0]}>
          </changelog>""",
        f"""
        <subtasks type="array">
          <subtask>
            <id type="integer">{subtask.id}</id>
            <name>ToDo1</name>
            <position type="integer">1</position>
            <task-id type="integer">{task.id}</task-id>
            <{stamped[0]}>
            <is-completed type="boolean">false</is-completed>
            <{stamped[1]}>
            <assigned-user-id type="integer">{user.id}</assigned-user-id>
            <assigned-user>
              <initials>JS</initials>
              <name>Joe Stuart</name>
            </assigned-user>
          </subtask>
        </subtasks>
      </task>""",
    ):
        assert squeezed(part) in text


async def test_comments_and_subtasks_by_themselves_have_the_documented_keys(
    caller: Caller,
) -> None:
    task = caller.service.add_task(caller.board, "Task")
    subtask = caller.service.add_subtask(task, "A first entry")
    comment = caller.service.add_comment(task, "A first comment")
    comment.user_id = None
    forms = {
        "subtask": {
            "id": subtask.id,
            "name": "A first entry",
            "position": 1,
            "task_id": task.id,
            "created_at": "2026-05-04T12:00:00+00:00",
            "is_completed": False,
            "updated_at": "2026-05-04T12:00:00+00:00",
            "assigned_user_id": None,
        },
        "comment": {
            "id": comment.id,
            "created_at": "2026-05-04T12:00:00+00:00",
            "updated_at": "2026-05-04T12:00:00+00:00",
            "user_id": None,
            "content": "A first comment",
        },
    }
    for name, form in forms.items():
        path = f"{caller.tasks}/{task.id}/{name}s"
        assert (await caller.get(f"{path}.json")).json() == [{name: form}]
        assert (await caller.get(f"{path}/{form['id']}.json")).json() == {name: form}
        text = (await caller.get(f"{path}.xml")).text
        assert f'<{name}s type="array"><{name}><id type="integer">{form["id"]}</id>' in text


async def test_a_text_that_xml_cannot_hold_does_not_break_the_answer(caller: Caller) -> None:
    body = json.dumps({"name": "a\x00\ud800<b>&\U0001f600"}).encode()
    headers = {"Content-Type": "application/json"}
    answer = await caller.http.post(f"{caller.tasks}.xml", content=body, headers=headers)
    assert "<name>a**&lt;b&gt;&amp;\U0001f600</name>" in answer.text


async def test_times_are_written_and_read_in_the_zone_of_the_account(caller: Caller) -> None:
    caller.service.timezone = timezone(timedelta(hours=-5))
    caller.service.add_task(caller.board, "Task")
    caller.service.changelog_limit = 10
    (row,) = (await caller.get(f"{caller.root}/changelog.json", to="2026-05-04T07:00")).json()
    assert row["changelog"]["created_at"] == "2026-05-04T07:00:00-05:00"
    found = datetime.fromisoformat(row["changelog"]["created_at"])
    assert found.astimezone(UTC) == caller.now
    assert (await caller.get(f"{caller.root}/changelog.json", to="26-05-04T06:59")).json() == []
