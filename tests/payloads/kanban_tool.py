"""The samples of Kanban Tool's document, in its order, in XML and in JSON.

Each constant is named after the heading that its sample stands under. The document shows XML; the
JSON is written by what is known of the service's answers: an envelope around each entity of most
calls, decimals as text, ``assigned_user`` and ``folder`` left out where there is none. Where the
document cuts a sample short with dots, what is shown stands alone, and texts that it wraps for its
width are on one line.

Source: KanbanTool API v1.1 Guide.
"""

from typing import Final

# "Authentication"
INVALID_TOKEN_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>API token is invalid</message>
  <status type="integer">401</status>
</error>
"""
INVALID_TOKEN: Final[object] = {"message": "API token is invalid", "status": 401}

# "Permissions"
NO_PERMISSION_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Permission to read tasks required for user 110</message>
  <status type="integer">403</status>
</error>
"""
NO_PERMISSION: Final[object] = {
    "message": "Permission to read tasks required for user 110",
    "status": 403,
}

# "Listing accessible boards"
LISTING_BOARDS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<boards type="array">
  <board>
    <created-at type="datetime">2010-01-14T13:02:22+01:00</created-at>
    <description>Main project board</description>
    <folder-id type="integer">1</folder-id>
    <id type="integer">6</id>
    <last-activity-on type="date">2011-02-07</last-activity-on>
    <name>Kanban Tool</name>
    <position type="integer">1</position>
    <version type="integer">3860</version>

    <folder>
      <created-at type="datetime">2010-01-09T18:40:47+01:00</created-at>
      <description>kanbantool.com development &amp; support</description>
      <id type="integer">1</id>
      <name>Kanban Tool</name>
      <position type="integer">2</position>
    </folder>
  </board>
</boards>
"""
LISTING_BOARDS: Final[object] = [
    {
        "board": {
            "created_at": "2010-01-14T13:02:22+01:00",
            "description": "Main project board",
            "folder_id": 1,
            "id": 6,
            "last_activity_on": "2011-02-07",
            "name": "Kanban Tool",
            "position": 1,
            "version": 3860,
            "folder": {
                "created_at": "2010-01-09T18:40:47+01:00",
                "description": "kanbantool.com development & support",
                "id": 1,
                "name": "Kanban Tool",
                "position": 2,
            },
        }
    }
]

# "Viewing board structure and settings"
VIEWING_BOARD_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<board>
  <created-at type="datetime">2010-01-09T18:44:06+01:00</created-at>
  <description>Web development tool</description>
  <folder-id type="integer">1</folder-id>
  <id type="integer">1</id>
  <last-activity-on type="date">2011-02-11</last-activity-on>
  <name>Kanban board</name>
  <position type="integer">4</position>
  <version type="integer">904</version>

  <swimlanes type="array">
    <swimlane>
      <board-id type="integer">1</board-id>
      <id type="integer">1</id>
      <limit type="integer" nil="true"/>
      <name/>
      <position type="integer">1</position>
    </swimlane>
  </swimlanes>

  <workflow-stages type="array">
    <workflow-stage>
      <board-id type="integer">1</board-id>
      <id type="integer">1</id>
      <lane-width type="integer">1</lane-width>
      <limit type="integer" nil="true"/>
      <name nil="true"/>
      <parent-id type="integer" nil="true"/>
      <position type="integer">1</position>
    </workflow-stage>

    <workflow-stage>
      <board-id type="integer">1</board-id>
      <id type="integer">2</id>
      <lane-width type="integer">2</lane-width>
      <limit type="integer" nil="true"/>
      <name>Doing</name>
      <parent-id type="integer" nil="true"/>
      <position type="integer">2</position>
    </workflow-stage>

    <workflow-stage>
      <board-id type="integer">1</board-id>
      <id type="integer">3</id>
      <lane-width type="integer">1</lane-width>
      <limit type="integer" nil="true"/>
      <name>Done</name>
      <parent-id type="integer" nil="true"/>
      <position type="integer">3</position>
    </workflow-stage>
  </workflow-stages>

  <card-types type="array">
    <card-type>
      <board-id type="integer">1</board-id>
      <color-ref>yellow</color-ref>
      <id type="integer">1</id>
      <is-default type="boolean">true</is-default>
      <is-disabled type="boolean">false</is-disabled>
      <name>Feature</name>
      <position type="integer">1</position>
    </card-type>

    <card-type>
      <board-id type="integer">1</board-id>
      <color-ref>red</color-ref>
      <id type="integer">2</id>
      <is-default type="boolean">false</is-default>
      <is-disabled type="boolean">false</is-disabled>
      <name>Bug</name>
      <position type="integer">2</position>
    </card-type>
  </card-types>
</board>
"""
VIEWING_BOARD: Final[object] = {
    "board": {
        "created_at": "2010-01-09T18:44:06+01:00",
        "description": "Web development tool",
        "folder_id": 1,
        "id": 1,
        "last_activity_on": "2011-02-11",
        "name": "Kanban board",
        "position": 4,
        "version": 904,
        "swimlanes": [{"board_id": 1, "id": 1, "limit": None, "name": "", "position": 1}],
        "workflow_stages": [
            {
                "board_id": 1,
                "id": 1,
                "lane_width": 1,
                "limit": None,
                "name": None,
                "parent_id": None,
                "position": 1,
            },
            {
                "board_id": 1,
                "id": 2,
                "lane_width": 2,
                "limit": None,
                "name": "Doing",
                "parent_id": None,
                "position": 2,
            },
            {
                "board_id": 1,
                "id": 3,
                "lane_width": 1,
                "limit": None,
                "name": "Done",
                "parent_id": None,
                "position": 3,
            },
        ],
        "card_types": [
            {
                "board_id": 1,
                "color_ref": "yellow",
                "id": 1,
                "is_default": True,
                "is_disabled": False,
                "name": "Feature",
                "position": 1,
            },
            {
                "board_id": 1,
                "color_ref": "red",
                "id": 2,
                "is_default": False,
                "is_disabled": False,
                "name": "Bug",
                "position": 2,
            },
        ],
    }
}

# "Listing users and permissions for given board"
LISTING_USERS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<shared-item-users type="array">
  <shared-item-user>
    <can-create-tasks type="boolean">true</can-create-tasks>
    <can-delete-tasks type="boolean">true</can-delete-tasks>
    <can-move-tasks type="boolean">true</can-move-tasks>
    <can-read-tasks type="boolean">true</can-read-tasks>
    <can-update-tasks type="boolean">true</can-update-tasks>
    <id type="integer">153</id>
    <updated-at type="datetime">2011-04-22T14:00:12+02:00</updated-at>
    <user-id type="integer">1</user-id>
    <user>
      <id type="integer">1</id>
      <initials>API</initials>
      <is-suspended type="boolean">false</is-suspended>
      <name>API Access - Joe Six-Pack</name>
    </user>
  </shared-item-user>
  <shared-item-user>
    <can-create-tasks type="boolean">true</can-create-tasks>
    <can-delete-tasks type="boolean">true</can-delete-tasks>
    <can-move-tasks type="boolean">true</can-move-tasks>
    <can-read-tasks type="boolean">true</can-read-tasks>
    <can-update-tasks type="boolean">true</can-update-tasks>
    <id type="integer">156</id>
    <updated-at type="datetime">2011-04-26T17:39:28+02:00</updated-at>
    <user-id type="integer">3</user-id>
    <user>
      <id type="integer">3</id>
      <initials>BZ</initials>
      <is-suspended type="boolean">false</is-suspended>
      <name>Bernard Zent</name>
    </user>
  </shared-item-user>
  <shared-item-user>
    <can-create-tasks type="boolean">true</can-create-tasks>
    <can-delete-tasks type="boolean">true</can-delete-tasks>
    <can-move-tasks type="boolean">true</can-move-tasks>
    <can-read-tasks type="boolean">true</can-read-tasks>
    <can-update-tasks type="boolean">true</can-update-tasks>
    <id type="integer">165</id>
    <updated-at type="datetime">2011-04-22T14:13:12+02:00</updated-at>
    <user-id type="integer">2330</user-id>
    <user>
      <id type="integer">2330</id>
      <initials>AL</initials>
      <is-suspended type="boolean">true</is-suspended>
      <name>Adam Lee</name>
    </user>
  </shared-item-user>
</shared-item-users>
"""
LISTING_USERS: Final[object] = [
    {
        "shared_item_user": {
            "can_create_tasks": True,
            "can_delete_tasks": True,
            "can_move_tasks": True,
            "can_read_tasks": True,
            "can_update_tasks": True,
            "id": 153,
            "updated_at": "2011-04-22T14:00:12+02:00",
            "user_id": 1,
            "user": {
                "id": 1,
                "initials": "API",
                "is_suspended": False,
                "name": "API Access - Joe Six-Pack",
            },
        }
    },
    {
        "shared_item_user": {
            "can_create_tasks": True,
            "can_delete_tasks": True,
            "can_move_tasks": True,
            "can_read_tasks": True,
            "can_update_tasks": True,
            "id": 156,
            "updated_at": "2011-04-26T17:39:28+02:00",
            "user_id": 3,
            "user": {"id": 3, "initials": "BZ", "is_suspended": False, "name": "Bernard Zent"},
        }
    },
    {
        "shared_item_user": {
            "can_create_tasks": True,
            "can_delete_tasks": True,
            "can_move_tasks": True,
            "can_read_tasks": True,
            "can_update_tasks": True,
            "id": 165,
            "updated_at": "2011-04-22T14:13:12+02:00",
            "user_id": 2330,
            "user": {"id": 2330, "initials": "AL", "is_suspended": True, "name": "Adam Lee"},
        }
    },
]

_NOTHING: Final[dict[str, object]] = {}

# "Listing recent activity for board"
LISTING_ACTIVITY_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<changelogs type="array">
  <changelog>
    <id type="integer">2554580</id>
    <changed-object-type>Task</changed-object-type>
    <changed-object-id type="integer">383844</changed-object-id>
    <user-id type="integer">6305</user-id>
    <swimlane-id type="integer">24185</swimlane-id>
    <workflow-stage-id type="integer" nil="true"></workflow-stage-id>
    <what>comment_deleted</what>
    <description>Adam has deleted recent comment</description>
    <created-at type="datetime">2011-11-25T12:31:31+00:00</created-at>
  </changelog>
  <changelog>
    <id type="integer">2954579</id>
    <changed-object-type>Task</changed-object-type>
    <changed-object-id type="integer">383844</changed-object-id>
    <user-id type="integer">6305</user-id>
    <swimlane-id type="integer">24185</swimlane-id>
    <workflow-stage-id type="integer" nil="true"></workflow-stage-id>
    <what>comment_added</what>
    <description>Adam has commented on task 'Buy wine': dry or sweet?</description>
    <created-at type="datetime">2011-11-25T12:31:27+00:00</created-at>
  </changelog>
</changelogs>
"""
LISTING_ACTIVITY: Final[object] = [
    {
        "changelog": {
            "id": 2554580,
            "changed_object_type": "Task",
            "changed_object_id": 383844,
            "user_id": 6305,
            "swimlane_id": 24185,
            "workflow_stage_id": None,
            "what": "comment_deleted",
            "description": "Adam has deleted recent comment",
            "created_at": "2011-11-25T12:31:31+00:00",
            "data": _NOTHING,
        }
    },
    {
        "changelog": {
            "id": 2954579,
            "changed_object_type": "Task",
            "changed_object_id": 383844,
            "user_id": 6305,
            "swimlane_id": 24185,
            "workflow_stage_id": None,
            "what": "comment_added",
            "description": "Adam has commented on task 'Buy wine': dry or sweet?",
            "created_at": "2011-11-25T12:31:27+00:00",
            "data": _NOTHING,
        }
    },
]

# "Listing tasks from given board"
LISTING_TASKS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tasks type="array">
  <task>
    <archived-at type="datetime" nil="true"/>
    <assigned-user-id type="integer">3</assigned-user-id>
    <card-type-id type="integer">5</card-type-id>
    <comments-count type="integer">1</comments-count>
    <created-at type="datetime">2010-01-09T18:48:06+01:00</created-at>
    <custom-field-1 nil="true"/>
    <custom-field-2 nil="true"/>
    <custom-field-3 nil="true"/>
    <custom-field-4 nil="true"/>
    <custom-field-5 nil="true"/>
    <custom-field-6 nil="true"/>
    <custom-field-7 nil="true"/>
    <custom-field-8 nil="true"/>
    <custom-field-9 nil="true"/>
    <custom-field-10 nil="true"/>
    <description>We need to finally add some API to KT</description>
    <due-date type="date" nil="true"/>
    <external-link nil="true"/>
    <id type="integer">1</id>
    <name>Add API to KanbanTool</name>
    <position type="integer">4</position>
    <priority type="integer">0</priority>
    <size-estimate type="decimal">1.0</size-estimate>
    <subtasks-completed-count type="integer">0</subtasks-completed-count>
    <subtasks-count type="integer">1</subtasks-count>
    <swimlane-id type="integer">1</swimlane-id>
    <tags/>
    <updated-at type="datetime">2011-02-09T15:12:35+01:00</updated-at>
    <workflow-stage-id type="integer">2</workflow-stage-id>
    <assigned-user>
      <initials>JS</initials>
      <name>Joe Stuart</name>
    </assigned-user>
  </task>
</tasks>
"""
_TASK: Final[dict[str, object]] = {
    "archived_at": None,
    "assigned_user_id": 3,
    "card_type_id": 5,
    "comments_count": 1,
    "created_at": "2010-01-09T18:48:06+01:00",
    "custom_field_1": None,
    "custom_field_2": None,
    "custom_field_3": None,
    "custom_field_4": None,
    "custom_field_5": None,
    "custom_field_6": None,
    "custom_field_7": None,
    "custom_field_8": None,
    "custom_field_9": None,
    "custom_field_10": None,
    "description": "We need to finally add some API to KT",
    "due_date": None,
    "external_link": None,
    "id": 1,
    "name": "Add API to KanbanTool",
    "position": 4,
    "priority": 0,
    "size_estimate": "1.0",
    "subtasks_completed_count": 0,
    "subtasks_count": 1,
    "swimlane_id": 1,
    "tags": "",
    "updated_at": "2011-02-09T15:12:35+01:00",
    "workflow_stage_id": 2,
    "assigned_user": {"initials": "JS", "name": "Joe Stuart"},
}
LISTING_TASKS: Final[object] = [_TASK]
LISTING_TASKS_2013: Final[object] = [{"task": _TASK}]

# "Listing archived tasks from given board"
LISTING_ARCHIVED_TASKS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tasks type="array">
  <task>
    <archived-at type="datetime" nil="true"/>
    <assigned-user-id type="integer">3</assigned-user-id>
    <card-type-id type="integer">5</card-type-id>
    <id type="integer">1</id>
  </task>
  <pagination>
    <page>1</page>
    <total_pages>2</total_pages>
    <total_entries>53</total_entries>
    <previous_page></previous_page>
    <next_page>2</next_page>
  </pagination>
</tasks>
"""

# The page after it, which the document does not show.
LISTING_ARCHIVED_TASKS_LAST_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tasks type="array">
  <pagination>
    <page>2</page>
    <total_pages>2</total_pages>
    <total_entries>53</total_entries>
    <previous_page>1</previous_page>
    <next_page></next_page>
  </pagination>
</tasks>
"""

# "Listing archived tasks from given board" and "Listing tasks from given board, swimlane and
# workflow stage": the same sample, of which JSON has no pagination.
LISTING_SOME_TASKS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tasks type="array">
<task>
<archived-at type="datetime" nil="true"/>
<assigned-user-id type="integer">3</assigned-user-id>
<card-type-id type="integer">5</card-type-id>
<id type="integer">1</id>
</task>
<pagination>
<page>1</page>
<total_pages>1</total_pages>
<total_entries>1</total_entries>
<previous_page></previous_page>
<next_page></next_page>
</pagination>
</tasks>
"""
LISTING_SOME_TASKS: Final[object] = [
    {"archived_at": None, "assigned_user_id": 3, "card_type_id": 5, "id": 1}
]

# "Viewing task details"
VIEWING_TASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task>
  <archived-at type="datetime" nil="true"/>
  <assigned-user-id type="integer">3</assigned-user-id>
  <card-type-id type="integer">5</card-type-id>
  <comments-count type="integer">1</comments-count>
  <created-at type="datetime">2010-01-09T18:48:06+01:00</created-at>
  <custom-field-1 nil="true"/>
  <custom-field-2 nil="true"/>
  <custom-field-3 nil="true"/>
  <custom-field-4 nil="true"/>
  <custom-field-5 nil="true"/>
  <custom-field-6 nil="true"/>
  <custom-field-7 nil="true"/>
  <custom-field-8 nil="true"/>
  <custom-field-9 nil="true"/>
  <custom-field-10 nil="true"/>
  <description>We need to finally add some API to KT</description>
  <due-date type="date" nil="true"/>
  <external-link nil="true"/>
  <id type="integer">1</id>
  <name>Add API to KanbanTool</name>
  <position type="integer">4</position>
  <priority type="integer">0</priority>
  <size-estimate type="decimal">1.0</size-estimate>
  <subtasks-completed-count type="integer">0</subtasks-completed-count>
  <subtasks-count type="integer">1</subtasks-count>
  <swimlane-id type="integer">1</swimlane-id>
  <tags/>
  <updated-at type="datetime">2011-02-09T15:12:35+01:00</updated-at>
  <workflow-stage-id type="integer">2</workflow-stage-id>

  <comments type="array">
    <comment>
      <content>Sample Comment</content>
      <created-at type="datetime">2011-02-09T11:39:39+01:00</created-at>
      <id type="integer">12946</id>
      <updated-at type="datetime">2011-02-09T11:39:39+01:00</updated-at>
      <user-id type="integer">3</user-id>
      <user>
        <initials>JS</initials>
        <name>Joe Stuart</name>
      </user>
    </comment>
  </comments>

  <assigned-user>
    <initials>JS</initials>
    <name>Joe Stuart</name>
  </assigned-user>

  <changelogs type="array">
    <changelog>
      <created-at type="datetime">2010-01-09T18:48:06+01:00</created-at>
      <description>JS added task Add API to KanbanTool to the board</description>
      <id type="integer">1</id>
      <swimlane-id type="integer" nil="true"/>
      <user-id type="integer" nil="true"/>
      <what>created</what>
      <workflow-stage-id type="integer" nil="true"/>
    </changelog>
    <changelog>
      <created-at type="datetime">2011-02-09T11:39:40+01:00</created-at>
      <description>JS has commented on task 'Add API to KanbanTool': Sample Comment</description>
      <id type="integer">581070</id>
      <swimlane-id type="integer">1</swimlane-id>
      <user-id type="integer">1</user-id>
      <what>comment_added</what>
      <workflow-stage-id type="integer" nil="true"/>
    </changelog>
  </changelogs>

  <subtasks type="array">
    <subtask>
      <assigned-user-id type="integer">3</assigned-user-id>
      <created-at type="datetime">2011-02-09T11:39:31+01:00</created-at>
      <id type="integer">21598</id>
      <is-completed type="boolean">false</is-completed>
      <name>ToDo1</name>
      <position type="integer">1</position>
      <task-id type="integer">1</task-id>
      <updated-at type="datetime">2011-02-09T11:39:31+01:00</updated-at>
      <assigned-user>
        <initials>JS</initials>
        <name>Joe Stuart</name>
      </assigned-user>
    </subtask>
  </subtasks>

</task>
"""
VIEWING_TASK: Final[object] = {
    "task": {
        **_TASK,
        "comments": [
            {
                "content": "Sample Comment",
                "created_at": "2011-02-09T11:39:39+01:00",
                "id": 12946,
                "updated_at": "2011-02-09T11:39:39+01:00",
                "user_id": 3,
                "user": {"initials": "JS", "name": "Joe Stuart"},
            }
        ],
        "changelogs": [
            {
                "created_at": "2010-01-09T18:48:06+01:00",
                "description": "JS added task Add API to KanbanTool to the board",
                "id": 1,
                "swimlane_id": None,
                "user_id": None,
                "what": "created",
                "workflow_stage_id": None,
            },
            {
                "created_at": "2011-02-09T11:39:40+01:00",
                "description": "JS has commented on task 'Add API to KanbanTool': Sample Comment",
                "id": 581070,
                "swimlane_id": 1,
                "user_id": 1,
                "what": "comment_added",
                "workflow_stage_id": None,
            },
        ],
        "subtasks": [
            {
                "assigned_user_id": 3,
                "created_at": "2011-02-09T11:39:31+01:00",
                "id": 21598,
                "is_completed": False,
                "name": "ToDo1",
                "position": 1,
                "task_id": 1,
                "updated_at": "2011-02-09T11:39:31+01:00",
                "assigned_user": {"initials": "JS", "name": "Joe Stuart"},
            }
        ],
    }
}

# "Creating tasks"
CREATING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Name cannot be blank, Size estimate must be numeric</message>
  <status type="integer">400</status>
</error>
"""
CREATING_ERROR: Final[object] = {
    "message": "Name cannot be blank, Size estimate must be numeric",
    "status": 400,
}

# "Moving tasks"
MOVING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>WIP Limit exceeded for target column and override not specified</message>
  <status type="integer">409</status>
</error>
"""
MOVING_ERROR: Final[object] = {
    "message": "WIP Limit exceeded for target column and override not specified",
    "status": 409,
}

# "Deleting tasks"
DELETING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Task is archived, please unarchive it first</message>
  <status type="integer">400</status>
</error>
"""
DELETING_ERROR: Final[object] = {
    "message": "Task is archived, please unarchive it first",
    "status": 400,
}

# "Archiving tasks"
ARCHIVING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Task is not ready to be archived</message>
  <status type="integer">422</status>
</error>
"""
ARCHIVING_ERROR: Final[object] = {"message": "Task is not ready to be archived", "status": 422}

# "Unarchiving tasks"
UNARCHIVING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Task is not archived</message>
  <status type="integer">422</status>
</error>
"""
UNARCHIVING_ERROR: Final[object] = {"message": "Task is not archived", "status": 422}

# "Listing subtasks for given task"
LISTING_SUBTASKS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<subtasks type="array">
  <subtask>
    <id type="integer">102448</id>
    <name>A first ToDo entry</name>
    <position type="integer">1</position>
    <task-id type="integer">383248</task-id>
    <created-at type="datetime">2011-12-05T14:04:55+00:00</created-at>
    <is-completed type="boolean">true</is-completed>
    <updated-at type="datetime">2011-12-05T14:11:44+00:00</updated-at>
    <assigned-user-id type="integer" nil="true"></assigned-user-id>
  </subtask>
  <subtask>
    <id type="integer">102445</id>
    <name>A second and last ToDo entry</name>
    <position type="integer">2</position>
    <task-id type="integer">383248</task-id>
    <created-at type="datetime">2011-12-05T13:59:07+00:00</created-at>
    <is-completed type="boolean">false</is-completed>
    <updated-at type="datetime">2011-12-05T14:11:44+00:00</updated-at>
    <assigned-user-id type="integer" nil="true"></assigned-user-id>
  </subtask>
</subtasks>
"""
LISTING_SUBTASKS: Final[object] = [
    {
        "subtask": {
            "id": 102448,
            "name": "A first ToDo entry",
            "position": 1,
            "task_id": 383248,
            "created_at": "2011-12-05T14:04:55+00:00",
            "is_completed": True,
            "updated_at": "2011-12-05T14:11:44+00:00",
            "assigned_user_id": None,
        }
    },
    {
        "subtask": {
            "id": 102445,
            "name": "A second and last ToDo entry",
            "position": 2,
            "task_id": 383248,
            "created_at": "2011-12-05T13:59:07+00:00",
            "is_completed": False,
            "updated_at": "2011-12-05T14:11:44+00:00",
            "assigned_user_id": None,
        }
    },
]

# "Viewing subtask details"
VIEWING_SUBTASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<subtask>
  <id type="integer">102448</id>
  <name>A first ToDo entry</name>
  <position type="integer">1</position>
  <task-id type="integer">383248</task-id>
  <created-at type="datetime">2011-12-05T14:04:55+00:00</created-at>
  <is-completed type="boolean">true</is-completed>
  <updated-at type="datetime">2011-12-05T14:11:44+00:00</updated-at>
  <assigned-user-id type="integer" nil="true"></assigned-user-id>
</subtask>
"""
VIEWING_SUBTASK: Final[object] = {
    "subtask": {
        "id": 102448,
        "name": "A first ToDo entry",
        "position": 1,
        "task_id": 383248,
        "created_at": "2011-12-05T14:04:55+00:00",
        "is_completed": True,
        "updated_at": "2011-12-05T14:11:44+00:00",
        "assigned_user_id": None,
    }
}

# "Creating new subtasks" and "Updating existing subtasks"
SUBTASK_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Name can't be blank</message>
  <status type="integer">422</status>
</error>
"""
SUBTASK_ERROR: Final[object] = {"message": "Name can't be blank", "status": 422}

# "Reordering subtasks list"
REORDERING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Not all subtasks have been included in the list.</message>
  <status type="integer">422</status>
</error>
"""
REORDERING_ERROR: Final[object] = {
    "message": "Not all subtasks have been included in the list.",
    "status": 422,
}

# "Listing comments for given task"
LISTING_COMMENTS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<comments type="array">
  <comment>
    <id type="integer">51999</id>
    <created-at type="datetime">2011-12-05T13:28:19+00:00</created-at>
    <updated-at type="datetime">2011-12-05T13:28:19+00:00</updated-at>
    <user-id type="integer">6405</user-id>
    <content>A first comment</content>
  </comment>
  <comment>
    <id type="integer">52000</id>
    <created-at type="datetime">2011-12-05T13:31:35+00:00</created-at>
    <updated-at type="datetime">2011-12-05T13:31:35+00:00</updated-at>
    <user-id type="integer" nil="true"></user-id>
    <content>A second, and last comment.</content>
  </comment>
</comments>
"""
LISTING_COMMENTS: Final[object] = [
    {
        "comment": {
            "id": 51999,
            "created_at": "2011-12-05T13:28:19+00:00",
            "updated_at": "2011-12-05T13:28:19+00:00",
            "user_id": 6405,
            "content": "A first comment",
        }
    },
    {
        "comment": {
            "id": 52000,
            "created_at": "2011-12-05T13:31:35+00:00",
            "updated_at": "2011-12-05T13:31:35+00:00",
            "user_id": None,
            "content": "A second, and last comment.",
        }
    },
]

# "Viewing comment details"
VIEWING_COMMENT_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<comment>
  <id type="integer">51999</id>
  <created-at type="datetime">2011-12-05T13:28:19+00:00</created-at>
  <updated-at type="datetime">2011-12-05T13:28:19+00:00</updated-at>
  <user-id type="integer">6405</user-id>
  <content>A first comment</content>
</comment>
"""
VIEWING_COMMENT: Final[object] = {
    "comment": {
        "id": 51999,
        "created_at": "2011-12-05T13:28:19+00:00",
        "updated_at": "2011-12-05T13:28:19+00:00",
        "user_id": 6405,
        "content": "A first comment",
    }
}

# "Posting new comments"
POSTING_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>Content can't be blank</message>
  <status type="integer">422</status>
</error>
"""
POSTING_ERROR: Final[object] = {"message": "Content can't be blank", "status": 422}

# "Deleting recent comments"
DELETING_COMMENT_ERROR_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>This comment cannot be deleted. Please note that only last, recent made comments can be \
deleted.</message>
  <status type="integer">422</status>
</error>
"""
DELETING_COMMENT_ERROR: Final[object] = {
    "message": "This comment cannot be deleted. Please note that only last, recent made comments "
    "can be deleted.",
    "status": 422,
}

# "Time Tracker object reference", with values of these tests.
TIMER: Final[dict[str, object]] = {
    "id": 7001,
    "user_id": 6305,
    "board_id": 11619,
    "task_id": 383844,
    "listed": True,
    "started_at": "2013-03-04T09:00:00+01:00",
    "ended_at": "2013-03-04T10:30:00+01:00",
    "seconds_from_resumed_sprint": 1800,
    "created_at": "2013-03-04T09:00:01+01:00",
    "updated_at": "2013-03-04T10:30:02+01:00",
}
RUNNING_TIMER: Final[dict[str, object]] = {
    **TIMER,
    "id": 7002,
    "listed": False,
    "started_at": "2013-03-05T09:00:00+01:00",
    "ended_at": None,
    "seconds_from_resumed_sprint": 5400,
    "created_at": "2013-03-05T09:00:01+01:00",
    "updated_at": "2013-03-05T09:00:01+01:00",
}
# "Listing timers for current user", by ``expand``.
EXPANDED_TIMER: Final[dict[str, object]] = {
    **TIMER,
    "task": {"id": 383844, "name": "Buy wine"},
    "workflow_stage": {"id": 2, "name": "Doing"},
    "card_type": {"id": 5, "name": "Feature"},
}

# "Generating time report", of which the document shows nothing.
TIME_REPORT: Final[object] = {"11619": {"6305": 5400}}
