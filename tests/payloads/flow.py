"""The samples of flow's document, whole and in its order, in JSON and in XML.

Each constant is named after the heading that its sample stands under. The document shows JSON
without quotes and braces, and no XML: there, a map is written as children that hold their own id,
and one of plain values in the ways that are left, a different one in each place.

Source: flow API Reference.
"""

from typing import Final

# GET /members.format
GET_MEMBERS: Final[dict[str, object]] = {
    "1": {
        "board_name": "midori",
        "user_id": 1,
        "user_joined": "2010-02-25 06:00:00",
        "user_name": "Aycan Gulez",
        "user_avatar": "http://files.flow.io/avatars/1-Aycan-Gulez.jpg",
        "user_escaped": "Aycan-Gulez",
    },
    "23": {
        "board_name": "midori",
        "user_id": 23,
        "user_joined": "2010-02-25 07:47:19",
        "user_name": "Jim Hale",
        "user_avatar": "http://files.flow.io/avatars/23-Jim-Hale.jpg",
        "user_escaped": "Jim-Hale",
    },
    "2": {
        "board_name": "midori",
        "user_id": 2,
        "user_joined": "2010-02-25 22:28:25",
        "user_name": "Midori Kobayashi",
        "user_avatar": "http://files.flow.io/avatars/default.gif",
        "user_escaped": "Midori-Kobayashi",
    },
}

GET_MEMBERS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<members>
  <member>
    <board_name>midori</board_name>
    <user_id>1</user_id>
    <user_joined>2010-02-25 06:00:00</user_joined>
    <user_name>Aycan Gulez</user_name>
    <user_avatar>http://files.flow.io/avatars/1-Aycan-Gulez.jpg</user_avatar>
    <user_escaped>Aycan-Gulez</user_escaped>
  </member>
  <member>
    <board_name>midori</board_name>
    <user_id>23</user_id>
    <user_joined>2010-02-25 07:47:19</user_joined>
    <user_name>Jim Hale</user_name>
    <user_avatar>http://files.flow.io/avatars/23-Jim-Hale.jpg</user_avatar>
    <user_escaped>Jim-Hale</user_escaped>
  </member>
  <member>
    <board_name>midori</board_name>
    <user_id>2</user_id>
    <user_joined>2010-02-25 22:28:25</user_joined>
    <user_name>Midori Kobayashi</user_name>
    <user_avatar>http://files.flow.io/avatars/default.gif</user_avatar>
    <user_escaped>Midori-Kobayashi</user_escaped>
  </member>
</members>"""

# GET /projects.format
GET_PROJECTS: Final[dict[str, object]] = {
    "16": {
        "project_id": 16,
        "project_title": "Simple Blog",
        "project_order": 7.5,
        "user_id": 1,
        "forum_id": 16,
        "col_id": 2,
    },
    "11": {
        "project_id": 11,
        "project_title": "Site",
        "project_order": 6.5,
        "user_id": 1,
        "forum_id": 11,
        "col_id": 1,
    },
    "1": {
        "project_id": 1,
        "project_title": "Software",
        "project_order": 4.5,
        "user_id": 1,
        "forum_id": 1,
        "col_id": 1,
    },
    "19": {
        "project_id": 19,
        "project_title": "Test",
        "project_order": 2.5,
        "user_id": 1,
        "forum_id": 19,
        "col_id": 1,
    },
}

GET_PROJECTS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<projects>
  <project>
    <project_id>16</project_id>
    <project_title>Simple Blog</project_title>
    <project_order>7.5</project_order>
    <user_id>1</user_id>
    <forum_id>16</forum_id>
    <col_id>2</col_id>
  </project>
  <project>
    <project_id>11</project_id>
    <project_title>Site</project_title>
    <project_order>6.5</project_order>
    <user_id>1</user_id>
    <forum_id>11</forum_id>
    <col_id>1</col_id>
  </project>
  <project>
    <project_id>1</project_id>
    <project_title>Software</project_title>
    <project_order>4.5</project_order>
    <user_id>1</user_id>
    <forum_id>1</forum_id>
    <col_id>1</col_id>
  </project>
  <project>
    <project_id>19</project_id>
    <project_title>Test</project_title>
    <project_order>2.5</project_order>
    <user_id>1</user_id>
    <forum_id>19</forum_id>
    <col_id>1</col_id>
  </project>
</projects>"""

# GET /project_id/cols.format
GET_COLS: Final[dict[str, object]] = {
    "1": {
        "col_id": 1,
        "project_id": 1,
        "col_title": "Backlog",
        "col_type": "B",
        "col_limit": 0,
        "col_order": 4,
        "num_tasks": 12,
        "user_id": 0,
    },
    "2": {
        "col_id": 2,
        "project_id": 1,
        "col_title": "To-do",
        "col_type": "",
        "col_limit": 5,
        "col_order": 5,
        "num_tasks": 2,
        "user_id": 1,
    },
    "3": {
        "col_id": 3,
        "project_id": 1,
        "col_title": "In-progress",
        "col_type": "",
        "col_limit": 2,
        "col_order": 2,
        "num_tasks": 2,
        "user_id": 1,
    },
    "4": {
        "col_id": 4,
        "project_id": 1,
        "col_title": "Done",
        "col_type": "D",
        "col_limit": 0,
        "col_order": -1000,
        "num_tasks": 89,
        "user_id": 0,
    },
}

GET_COLS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<cols>
  <col>
    <col_id>1</col_id>
    <project_id>1</project_id>
    <col_title>Backlog</col_title>
    <col_type>B</col_type>
    <col_limit>0</col_limit>
    <col_order>4</col_order>
    <num_tasks>12</num_tasks>
    <user_id>0</user_id>
  </col>
  <col>
    <col_id>2</col_id>
    <project_id>1</project_id>
    <col_title>To-do</col_title>
    <col_type></col_type>
    <col_limit>5</col_limit>
    <col_order>5</col_order>
    <num_tasks>2</num_tasks>
    <user_id>1</user_id>
  </col>
  <col>
    <col_id>3</col_id>
    <project_id>1</project_id>
    <col_title>In-progress</col_title>
    <col_type/>
    <col_limit>2</col_limit>
    <col_order>2</col_order>
    <num_tasks>2</num_tasks>
    <user_id>1</user_id>
  </col>
  <col>
    <col_id>4</col_id>
    <project_id>1</project_id>
    <col_title>Done</col_title>
    <col_type>D</col_type>
    <col_limit>0</col_limit>
    <col_order>-1000</col_order>
    <num_tasks>89</num_tasks>
    <user_id>0</user_id>
  </col>
</cols>"""

# GET /project_id/task_types.format
GET_TASK_TYPES: Final[dict[str, object]] = {
    "1": {
        "task_type_id": 1,
        "project_id": 1,
        "task_type_color": "EEEE99",
        "task_type_text": "Feature",
        "task_type_order": 1,
        "user_id": 1,
    },
    "6": {
        "task_type_id": 6,
        "project_id": 1,
        "task_type_color": "77EE77",
        "task_type_text": "Improvement",
        "task_type_order": 0,
        "user_id": 1,
    },
    "7": {
        "task_type_id": 7,
        "project_id": 1,
        "task_type_color": "EE9977",
        "task_type_text": "Bug",
        "task_type_order": -1,
        "user_id": 1,
    },
}

GET_TASK_TYPES_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task_types>
  <task_type>
    <task_type_id>1</task_type_id>
    <project_id>1</project_id>
    <task_type_color>EEEE99</task_type_color>
    <task_type_text>Feature</task_type_text>
    <task_type_order>1</task_type_order>
    <user_id>1</user_id>
  </task_type>
  <task_type>
    <task_type_id>6</task_type_id>
    <project_id>1</project_id>
    <task_type_color>77EE77</task_type_color>
    <task_type_text>Improvement</task_type_text>
    <task_type_order>0</task_type_order>
    <user_id>1</user_id>
  </task_type>
  <task_type>
    <task_type_id>7</task_type_id>
    <project_id>1</project_id>
    <task_type_color>EE9977</task_type_color>
    <task_type_text>Bug</task_type_text>
    <task_type_order>-1</task_type_order>
    <user_id>1</user_id>
  </task_type>
</task_types>"""

# GET /project_id/tasks.format
GET_TASKS: Final[dict[str, object]] = {
    "2406": {
        "task_id": 2406,
        "col_id": 39,
        "topic_id": 2406,
        "task_type_id": 24,
        "task_text": "Delete article",
        "task_status": "",
        "task_order": 16,
    },
    "2407": {
        "task_id": 2407,
        "col_id": 39,
        "topic_id": 2407,
        "task_type_id": 24,
        "task_text": "Post comments to articles",
        "task_status": "",
        "task_order": 15,
    },
    "2408": {
        "task_id": 2408,
        "col_id": 39,
        "topic_id": 2408,
        "task_type_id": 24,
        "task_text": "Delete user comments",
        "task_status": "",
        "task_order": 14,
    },
    "2398": {
        "task_id": 2398,
        "col_id": 40,
        "topic_id": 2398,
        "task_type_id": 24,
        "task_text": "List articles",
        "task_status": "",
        "task_order": 3,
        "assignments": {"0": 1},
    },
    "2405": {
        "task_id": 2405,
        "col_id": 40,
        "topic_id": 2405,
        "task_type_id": 24,
        "task_text": "Edit article",
        "task_status": "",
        "task_order": 2,
    },
    "2411": {
        "task_id": 2411,
        "col_id": 41,
        "topic_id": 2411,
        "task_type_id": 25,
        "task_text": "Custom CSS",
        "task_status": "",
        "task_order": 1,
        "assignments": {"0": 1},
    },
    "2404": {
        "task_id": 2404,
        "col_id": 42,
        "topic_id": 2404,
        "task_type_id": 24,
        "task_text": "Add article",
        "task_status": "",
        "task_order": 2,
    },
    "2409": {
        "task_id": 2409,
        "col_id": 42,
        "topic_id": 2409,
        "task_type_id": 24,
        "task_text": "Create database",
        "task_status": "",
        "task_order": 1,
    },
}

GET_TASKS_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tasks>
  <task>
    <task_id>2406</task_id>
    <col_id>39</col_id>
    <topic_id>2406</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Delete article</task_text>
    <task_status/>
    <task_order>16</task_order>
  </task>
  <task>
    <task_id>2407</task_id>
    <col_id>39</col_id>
    <topic_id>2407</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Post comments to articles</task_text>
    <task_status/>
    <task_order>15</task_order>
  </task>
  <task>
    <task_id>2408</task_id>
    <col_id>39</col_id>
    <topic_id>2408</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Delete user comments</task_text>
    <task_status/>
    <task_order>14</task_order>
  </task>
  <task>
    <task_id>2398</task_id>
    <col_id>40</col_id>
    <topic_id>2398</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>List articles</task_text>
    <task_status/>
    <task_order>3</task_order>
    <assignments>
      <item>1</item>
    </assignments>
  </task>
  <task>
    <task_id>2405</task_id>
    <col_id>40</col_id>
    <topic_id>2405</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Edit article</task_text>
    <task_status/>
    <task_order>2</task_order>
    <assignments/>
  </task>
  <task>
    <task_id>2411</task_id>
    <col_id>41</col_id>
    <topic_id>2411</topic_id>
    <task_type_id>25</task_type_id>
    <task_text>Custom CSS</task_text>
    <task_status/>
    <task_order>1</task_order>
    <assignments>
      <_0>1</_0>
    </assignments>
  </task>
  <task>
    <task_id>2404</task_id>
    <col_id>42</col_id>
    <topic_id>2404</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Add article</task_text>
    <task_status/>
    <task_order>2</task_order>
  </task>
  <task>
    <task_id>2409</task_id>
    <col_id>42</col_id>
    <topic_id>2409</topic_id>
    <task_type_id>24</task_type_id>
    <task_text>Create database</task_text>
    <task_status/>
    <task_order>1</task_order>
  </task>
</tasks>"""

# GET /project_id/tasks/recent_activity.format
GET_RECENT_ACTIVITY: Final[dict[str, object]] = {
    "1348": {
        "change_made": "2009-12-24 05:56:28",
        "change_type": "T",
        "change_content": {
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
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 1348,
    },
    "1349": {
        "change_made": "2009-12-24 05:56:39",
        "change_type": "T",
        "change_content": {
            "col_id": 2,
            "task_order": 5,
            "old_task_text": "Archive projects",
            "old_task_order": 13,
            "old_col_title": "To-do",
        },
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 1349,
    },
}

GET_RECENT_ACTIVITY_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<changes>
  <change>
    <change_made>2009-12-24 05:56:28</change_made>
    <change_type>T</change_type>
    <change_content>
      <project_id>1</project_id>
      <topic_id>2444</topic_id>
      <user_id>1</user_id>
      <col_id>1</col_id>
      <task_type_id>1</task_type_id>
      <task_text>Archive projects</task_text>
      <task_order>13</task_order>
      <task_created>2009-12-24 05:56:28</task_created>
      <task_id>2444</task_id>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>1348</change_id>
  </change>
  <change>
    <change_made>2009-12-24 05:56:39</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>2</col_id>
      <task_order>5</task_order>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>13</old_task_order>
      <old_col_title>To-do</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>1349</change_id>
  </change>
</changes>"""

# GET /item_history/item_type/item_id.format
GET_ITEM_HISTORY: Final[dict[str, object]] = {
    "1348": {
        "change_made": "2009-12-24 05:56:28",
        "change_type": "T",
        "change_content": {
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
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 1348,
    },
    "1349": {
        "change_made": "2009-12-24 05:56:39",
        "change_type": "T",
        "change_content": {
            "col_id": 2,
            "task_order": 5,
            "old_task_text": "Archive projects",
            "old_task_order": 13,
            "old_col_title": "To-do",
        },
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 1349,
    },
    "2018": {
        "change_made": "2010-02-05 07:36:25",
        "change_type": "T",
        "change_content": {
            "col_id": 1,
            "task_order": 21.5,
            "old_task_text": "Archive projects",
            "old_task_order": 5,
            "old_col_title": "Backlog",
        },
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 2018,
    },
    "2119": {
        "change_made": "2010-03-24 06:58:25",
        "change_type": "T",
        "change_content": {
            "col_id": 2,
            "task_order": 4,
            "old_task_text": "Archive projects",
            "old_task_order": 21.5,
            "old_col_title": "To-do",
        },
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 2119,
    },
    "2120": {
        "change_made": "2010-03-24 07:17:11",
        "change_type": "T",
        "change_content": {
            "col_id": 3,
            "task_order": 2,
            "old_task_text": "Archive projects",
            "old_task_order": 4,
            "old_col_title": "In-progress",
        },
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 2120,
    },
    "2162": {
        "change_made": "2010-03-24 16:51:38",
        "change_type": "T",
        "change_content": {
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
        "project_id": 1,
        "item_id": 2444,
        "user_id": 1,
        "ip": "127.0.0.1",
        "change_id": 2162,
    },
}

GET_ITEM_HISTORY_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<changes>
  <change>
    <change_made>2009-12-24 05:56:28</change_made>
    <change_type>T</change_type>
    <change_content>
      <project_id>1</project_id>
      <topic_id>2444</topic_id>
      <user_id>1</user_id>
      <col_id>1</col_id>
      <task_type_id>1</task_type_id>
      <task_text>Archive projects</task_text>
      <task_order>13</task_order>
      <task_created>2009-12-24 05:56:28</task_created>
      <task_id>2444</task_id>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>1348</change_id>
  </change>
  <change>
    <change_made>2009-12-24 05:56:39</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>2</col_id>
      <task_order>5</task_order>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>13</old_task_order>
      <old_col_title>To-do</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>1349</change_id>
  </change>
  <change>
    <change_made>2010-02-05 07:36:25</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>1</col_id>
      <task_order>21.5</task_order>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>5</old_task_order>
      <old_col_title>Backlog</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>2018</change_id>
  </change>
  <change>
    <change_made>2010-03-24 06:58:25</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>2</col_id>
      <task_order>4</task_order>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>21.5</old_task_order>
      <old_col_title>To-do</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>2119</change_id>
  </change>
  <change>
    <change_made>2010-03-24 07:17:11</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>3</col_id>
      <task_order>2</task_order>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>4</old_task_order>
      <old_col_title>In-progress</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>2120</change_id>
  </change>
  <change>
    <change_made>2010-03-24 16:51:38</change_made>
    <change_type>T</change_type>
    <change_content>
      <col_id>4</col_id>
      <task_order>84</task_order>
      <task_completed>2010-03-24 16:51:38</task_completed>
      <task_metrics>
        <phase_times>
          <item id="1">4054931</item>
          <item id="2">3722312</item>
          <item id="3">34467</item>
        </phase_times>
        <idle_times>
          <ready>0</ready>
          <blocked>0</blocked>
        </idle_times>
        <cycle_time>7811710</cycle_time>
        <working_cycle_time>3756779</working_cycle_time>
      </task_metrics>
      <old_task_text>Archive projects</old_task_text>
      <old_task_order>2</old_task_order>
      <old_col_title>Done</old_col_title>
    </change_content>
    <project_id>1</project_id>
    <item_id>2444</item_id>
    <user_id>1</user_id>
    <ip>127.0.0.1</ip>
    <change_id>2162</change_id>
  </change>
</changes>"""

# GET /task/task_id.format
GET_TASK: Final[dict[str, object]] = {
    "task_id": 2444,
    "project_id": 1,
    "user_id": 1,
    "col_id": 4,
    "task_type_id": 1,
    "task_text": "Archive projects",
    "task_order": 84,
    "task_created": "2009-12-24 05:56:28",
    "task_completed": "2010-03-24 16:51:38",
    "task_status": "",
    "task_metrics": {
        "phase_times": {"1": 4054931, "2": 3722312, "3": 34467},
        "idle_times": {"ready": 0, "blocked": 0},
        "cycle_time": 7811710,
        "working_cycle_time": 3756779,
    },
    "topic_id": 2444,
}

GET_TASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task>
  <task_id>2444</task_id>
  <project_id>1</project_id>
  <user_id>1</user_id>
  <col_id>4</col_id>
  <task_type_id>1</task_type_id>
  <task_text>Archive projects</task_text>
  <task_order>84</task_order>
  <task_created>2009-12-24 05:56:28</task_created>
  <task_completed>2010-03-24 16:51:38</task_completed>
  <task_status></task_status>
  <task_metrics>
    <phase_times>
      <_1>4054931</_1>
      <_2>3722312</_2>
      <_3>34467</_3>
    </phase_times>
    <idle_times>
      <ready>0</ready>
      <blocked>0</blocked>
    </idle_times>
    <cycle_time>7811710</cycle_time>
    <working_cycle_time>3756779</working_cycle_time>
  </task_metrics>
  <topic_id>2444</topic_id>
</task>"""

# POST /task.format
POST_TASK: Final[dict[str, object]] = {"task_id": 2569}

POST_TASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task>
  <task_id>2569</task_id>
</task>"""

# POST /authentication.format
POST_AUTHENTICATION: Final[dict[str, object]] = {"authentication_key": "b2401f37986bc90fb0cc"}

POST_AUTHENTICATION_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<authentication>
  <authentication_key>b2401f37986bc90fb0cc</authentication_key>
</authentication>"""

# PUT /task/task_id.format
PUT_TASK: Final[dict[str, object]] = {
    "task_id": 2569,
    "user_id": 1,
    "task_text": "Evolved",
    "task_status": "R",
}

PUT_TASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task>
  <task_id>2569</task_id>
  <user_id>1</user_id>
  <task_text>Evolved</task_text>
  <task_status>R</task_status>
</task>"""

# DELETE /task/task_id.format
DELETE_TASK: Final[dict[str, object]] = {"task_id": 2572, "user_id": 1, "task_status": "D"}

DELETE_TASK_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<task>
  <task_id>2572</task_id>
  <user_id>1</user_id>
  <task_status>D</task_status>
</task>"""

# DELETE /authentication/key.format
DELETE_AUTHENTICATION: Final[dict[str, object]] = {"authentication_key": "b2401f37986bc90fb0cc"}

DELETE_AUTHENTICATION_XML: Final = """<?xml version="1.0" encoding="UTF-8"?>
<authentication>
  <authentication_key>b2401f37986bc90fb0cc</authentication_key>
</authentication>"""
