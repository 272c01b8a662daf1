"""The samples of Flying Donut's documents, whole and in the order of the documents.

Each constant is named after the heading that its sample stands under; what is sent ends in
`_REQUEST`. Only syntax is mended: stray commas, a missing one, a comment. Values and number forms
are the documents' own, oddities included.

Source: Flying Donut API Integration; Flying Donut guide, "API" (`GUIDE_…`).
"""

from typing import Final

SCHEMA_DATE: Final[dict[str, object]] = {"day": {"$date": "2013-05-18T21:00:00.000Z"}}

SCHEMA_VERSIONED: Final[dict[str, object]] = {
    "attributeName": {"value": "a value of the attribute", "version": 1}
}

SCHEMA_TASK_COUNTERS: Final[dict[str, object]] = {
    "taskCounters": {
        "value": {"done": 2, "todo": 0, "inProgress": 0, "total": 2, "status": "done"},
        "version": 6,
    }
}

FETCH_PROJECT: Final[dict[str, object]] = {
    "_id": {"$oid": "54744060c955ca8169c61ee6"},
    "activityCounter": {"value": 12, "version": 12},
    "backlogBuckets": {
        "value": [{"title": "Default", "id": {"$oid": "54744060c955ca8169c61ee5"}}],
        "version": 0,
    },
    "endDate": {"value": "2015-11-12T22:00:00.000Z", "version": 1},
    "integrations": {"api": {"enabled": True}},
    "owner": {"value": "stormy", "version": 0},
    "startDate": {"value": "2014-10-26T22:00:00.000Z", "version": 1},
    "summary": {"value": "", "version": 0},
    "timezone": {"value": "America/Los_Angeles", "version": 0},
    "title": {"value": "Stormy Logbook", "version": 0},
    "type": {"value": "PRIVATE", "version": 0},
    "userCounters": {"value": {"total": 4, "observers": 1, "participants": 3}, "version": 4},
    "version": 15,
}

FETCH_BACKLOG_CARDS: Final[list[dict[str, object]]] = [
    {
        "bucket": "Default",
        "id": {"$oid": "590e04cc276e03287520db7a"},
        "items": [
            {
                "_id": {"$oid": "54744c20c955ca8169c61eef"},
                "cid": 2,
                "estimate": {"value": 8, "version": 1},
                "isStandaloneTP": False,
                "iteration": {"value": None, "version": 0},
                "iterationReview": {"value": "", "version": 0},
                "order": {"value": "000000001.0", "version": 0},
                "owner": {"value": None, "version": 0},
                "ownerType": {"value": None, "version": 0},
                "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
                "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
                "summary": {"value": "", "version": 0},
                "taskCounters": {"value": None, "version": 0},
                "title": {"value": "Define API", "version": 0},
                "totalAttachments": {"value": 0, "version": 0},
                "totalComments": {"value": 0, "version": 0},
                "totalDiscussions": {"value": 0, "version": 0},
                "type": {"value": {"version": 0}, "version": 0},
                "version": 1,
                "_order": 0,
            }
        ],
    }
]

FETCH_BACKLOG_BUCKETS: Final[list[dict[str, object]]] = [
    {"bucket": "Default", "id": {"$oid": "590e04cc276e03287520db7a"}}
]

FETCH_BACKLOG_BUCKET: Final[dict[str, object]] = {
    "bucket": "Default",
    "id": {"$oid": "590e04cc276e03287520db7a"},
}

FETCH_BACKLOG_BUCKET_CARDS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "54744c20c955ca8169c61eef"},
        "cid": 2,
        "estimate": {"value": 8, "version": 1},
        "isStandaloneTP": False,
        "iteration": {"value": None, "version": 0},
        "iterationReview": {"value": "", "version": 0},
        "order": {"value": "000000001.0", "version": 0},
        "owner": {"value": None, "version": 0},
        "ownerType": {"value": None, "version": 0},
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
        "summary": {"value": "", "version": 0},
        "taskCounters": {"value": None, "version": 0},
        "title": {"value": "Define API", "version": 0},
        "totalAttachments": {"value": 0, "version": 0},
        "totalComments": {"value": 0, "version": 0},
        "totalDiscussions": {"value": 0, "version": 0},
        "type": {"value": {"version": 0}, "version": 0},
        "version": 1,
        "_order": 0,
    }
]

CREATE_BACKLOG_BUCKET_CARD_REQUEST: Final[dict[str, object]] = {
    "username": "username_Of_User_Creating_the_card",
    "title": {"value": "5th Test card"},
    "summary": {"value": {"markdown": "My test card description"}},
    "estimate": {"value": "5"},
}

CREATE_BACKLOG_BUCKET_CARD: Final[dict[str, object]] = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "cid": 2,
    "estimate": {"value": 8, "version": 1},
    "isStandaloneTP": False,
    "iteration": {"value": None, "version": 0},
    "iterationReview": {"value": "", "version": 0},
    "order": {"value": "000000001.0", "version": 0},
    "owner": {"value": None, "version": 0},
    "ownerType": {"value": None, "version": 0},
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
    "summary": {
        "value": {
            "markdown": "My test card description",
            "html": "<p>My test card description</p>\n",
        },
        "version": 0,
    },
    "taskCounters": {"value": None, "version": 0},
    "title": {"value": "5th Test card", "version": 0},
    "totalAttachments": {"value": 0, "version": 0},
    "totalComments": {"value": 0, "version": 0},
    "totalDiscussions": {"value": 0, "version": 0},
    "type": {"value": {"version": 0}, "version": 0},
    "version": 1,
    "_order": 0,
}

CREATE_BACKLOG_BUCKET_CARDS_REQUEST: Final[list[dict[str, object]]] = [
    {
        "username": "username_Of_User_Creating_the_card",
        "title": {"value": "5th Test card"},
        "summary": {"value": {"markdown": "My test card description"}},
        "estimate": {"value": "5"},
    }
]

CREATE_BACKLOG_BUCKET_CARDS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "54744c20c955ca8169c61eef"},
        "cid": 2,
        "estimate": {"value": 8, "version": 1},
        "isStandaloneTP": False,
        "iteration": {"value": None, "version": 0},
        "iterationReview": {"value": "", "version": 0},
        "order": {"value": "000000001.0", "version": 0},
        "owner": {"value": None, "version": 0},
        "ownerType": {"value": None, "version": 0},
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
        "summary": {
            "value": {
                "markdown": "My test card description",
                "html": "<p>My test card description</p>\n",
            },
            "version": 0,
        },
        "taskCounters": {"value": None, "version": 0},
        "title": {"value": "5th Test card", "version": 0},
        "totalAttachments": {"value": 0, "version": 0},
        "totalComments": {"value": 0, "version": 0},
        "totalDiscussions": {"value": 0, "version": 0},
        "type": {"value": {"version": 0}, "version": 0},
        "version": 1,
        "_order": 0,
    }
]

FETCH_SPRINTS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "54744d10c955ca8169c61ef2"},
        "endDate": {"value": {"$date": "2014-12-20T21:59:59.999Z"}, "version": 0},
        "estimate": {"value": None, "version": 1},
        "itemCounters": {"value": None, "version": 1},
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "startDate": {"value": {"$date": "2014-12-03T22:00:00.000Z"}, "version": 0},
        "summary": {"value": "", "version": 0},
        "taskCounters": {"value": None, "version": 1},
        "taskEstimate": {"value": None, "version": 1},
        "title": {"value": "Initial Sprint", "version": 0},
        "version": 3,
        "_order": 0,
        "isFuture": True,
        "isActive": False,
        "isPast": False,
    }
]

FETCH_SPRINT: Final[dict[str, object]] = {
    "_id": {"$oid": "54744d10c955ca8169c61ef2"},
    "endDate": {"value": {"$date": "2014-12-20T21:59:59.999Z"}, "version": 0},
    "estimate": {"value": None, "version": 1},
    "itemCounters": {"value": None, "version": 1},
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "startDate": {"value": {"$date": "2014-12-03T22:00:00.000Z"}, "version": 0},
    "summary": {"value": "", "version": 0},
    "taskCounters": {"value": None, "version": 1},
    "taskEstimate": {"value": None, "version": 1},
    "title": {"value": "Initial Sprint", "version": 0},
    "version": 3,
    "_order": 0,
    "isFuture": True,
    "isActive": False,
    "isPast": False,
}

FETCH_SPRINT_CARDS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "54744d10c955ca8169c61ef3"},
        "cid": 3,
        "estimate": {"value": None, "version": 0},
        "isStandaloneTP": True,
        "iteration": {"value": {"$oid": "54744d10c955ca8169c61ef2"}, "version": 0},
        "iterationReview": {"value": None, "version": 0},
        "order": {"value": "000000001.0", "version": 0},
        "owner": {"value": None, "version": 0},
        "ownerType": {"value": None, "version": 0},
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "state": {"value": None, "version": 0},
        "summary": {"value": None, "version": 0},
        "taskCounters": {
            "value": {
                "done": 0.0,
                "todo": 0.0,
                "inProgress": 1.0,
                "total": 1.0,
                "status": "in-progress",
            },
            "version": 2,
        },
        "taskEstimate": {"value": 8.0, "version": 2},
        "title": {
            "value": "Placeholder for all tasks that are unrelated to iteration items",
            "version": 0,
        },
        "totalAttachments": {"value": 0, "version": 0},
        "totalComments": {"value": None, "version": 0},
        "totalDiscussions": {"value": None, "version": 0},
        "type": {"value": "", "version": 0},
        "version": 4,
        "_order": 0,
    },
    {
        "_id": {"$oid": "54744f6cc955ca8169c61ef5"},
        "cid": 4,
        "estimate": {"value": 8, "version": 1},
        "owner": {"value": {"$oid": "54744d10c955ca8169c61ef3"}, "version": 0},
        "ownerType": {"value": "", "version": 0},
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "state": {"value": "in-progress", "version": 1},
        "summary": {"value": "", "version": 0},
        "timeRemaining": [
            {"duration": 5, "when": {"$date": "2014-11-25T09:44:31.092Z"}, "who": "stormy"}
        ],
        "title": {"value": "T1", "version": 1},
        "type": {"value": "", "version": 0},
        "users": [
            {"when": {"$date": "2014-11-25T09:44:26.728Z"}, "who": "stormy", "user": "stormy"}
        ],
        "version": 3,
        "_order": 1,
    },
]

FETCH_SPRINT_BURNDOWN_CHART: Final[dict[str, object]] = {
    "_id": {"$oid": "51c739ffe4b02243265f16d2"},
    "items": [
        {
            "cid": 81,
            "originalEstimate": 1,
            "timeRemaining": [1, 1, 1, 1, 1, 1, 0],
            "title": "Placeholder for all tasks that are unrelated to iteration items",
        },
        {
            "cid": 84,
            "originalEstimate": 0.5,
            "timeRemaining": [0.5, 0.5, 0, 0, 0, 0, 0],
            "title": "Project invitations are sent out even if a user role is not selected",
        },
    ],
    "numDays": 7,
    "originalEstimate": 1.5,
    "timeRemaining": [1.5, 1.5, 1, 1, 1, 1, 0],
    "when": {"$date": "2014-11-07T10:54:50.019Z"},
    "startDate": {"$date": "2013-06-24T05:00:00.000Z"},
    "endDate": {"$date": "2013-06-30T18:59:59.000Z"},
}

FETCH_CARD: Final[dict[str, object]] = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "cid": 2,
    "estimate": {"value": 8, "version": 1},
    "isStandaloneTP": False,
    "iteration": {"value": None, "version": 0},
    "iterationReview": {"value": "", "version": 0},
    "order": {"value": "000000001.0", "version": 0},
    "owner": {"value": None, "version": 0},
    "ownerType": {"value": None, "version": 0},
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
    "summary": {
        "value": {
            "markdown": "My test card description",
            "html": "<p>My test card description</p>\n",
        },
        "version": 0,
    },
    "taskCounters": {"value": None, "version": 0},
    "title": {"value": "5th Test card", "version": 0},
    "totalAttachments": {"value": 0, "version": 0},
    "totalComments": {"value": 0, "version": 0},
    "totalDiscussions": {"value": 0, "version": 0},
    "type": {"value": {"version": 0}, "version": 0},
    "version": 1,
    "_order": 0,
}

UPDATE_CARD_REQUEST: Final[dict[str, object]] = {
    "username": "username_Of_User_Creating_the_card",
    "title": {"value": "5th Test card", "version": 1},
    "summary": {
        "value": {
            "markdown": "My test card description",
            "html": "<p>My test card description</p>\n",
        },
        "version": 2,
    },
    "estimate": {"value": 13, "version": 6},
}

UPDATE_CARD: Final[dict[str, object]] = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "version": 177,
    "estimate": {"value": 13, "version": 7},
    "iteration": {"value": None, "version": 0},
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "state": {"value": {"$oid": "54744060c955ca8169c61ee5"}, "version": 0},
    "title": {"value": "5th Test card", "version": 2},
    "summary": {
        "value": {
            "markdown": "My test card description",
            "html": "<p>My test card description</p>\n",
        },
        "version": 3,
    },
}

FETCH_CARD_TASKS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "6000882d5898d474b09b205e"},
        "version": 1,
        "cid": 62,
        "project": {"value": {"$oid": "5f592445507a9824b8ec287f"}, "version": 0},
        "owner": {"value": {"$oid": "600086fe5898d474b09b205c"}, "version": 0},
        "ownerType": {"value": None, "version": 0},
        "title": {"value": "6th Task", "version": 0},
        "summary": {"value": {"markdown": "My test task description"}, "version": 0},
        "estimate": {"value": 5, "version": 0},
        "type": {"value": None, "version": 0},
        "state": {"value": "todo", "version": 0},
        "order": {"value": "000000001.0", "version": 0},
        "timeEntriesTotal": 0,
        "_order": 0,
    }
]

CREATE_CARD_TASK_REQUEST: Final[dict[str, object]] = {
    "username": "username_Of_User_Creating_the_task",
    "title": {"value": "1st Test task"},
    "summary": {"value": {"markdown": "My test task description"}},
    "estimate": {"value": 13},
}

CREATE_CARD_TASK: Final[dict[str, object]] = {
    "_id": {"$oid": "60015b87eae07d716cddfee0"},
    "cid": 80,
    "version": 0,
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "estimate": {"value": 13, "version": 0},
    "title": {"value": "1st Test task", "version": 0},
    "summary": {
        "value": {
            "markdown": "My test task description",
            "html": "<p>My test task description</p>\n",
        },
        "version": 0,
    },
    "state": {"value": "todo", "version": 0},
    "order": {"value": "000000001.0", "version": 0},
}

CREATE_CARD_TASKS_REQUEST: Final[list[dict[str, object]]] = [
    {
        "username": "username_Of_User_Creating_the_task",
        "title": {"value": "1st Test task"},
        "summary": {"value": {"markdown": "My test task description"}},
        "estimate": {"value": 13},
    }
]

CREATE_CARD_TASKS: Final[list[dict[str, object]]] = [
    {
        "_id": {"$oid": "60015b87eae07d716cddfee0"},
        "cid": 80,
        "version": 0,
        "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
        "estimate": {"value": 13, "version": 0},
        "title": {"value": "1st Test task", "version": 0},
        "summary": {
            "value": {
                "markdown": "My test task description",
                "html": "<p>My test task description</p>\n",
            },
            "version": 0,
        },
        "state": {"value": "todo", "version": 0},
        "order": {"value": "000000001.0", "version": 0},
    }
]

FETCH_TASK: Final[dict[str, object]] = {
    "_id": {"$oid": "6000882d5898d474b09b205e"},
    "version": 1,
    "cid": 62,
    "project": {"value": {"$oid": "5f592445507a9824b8ec287f"}, "version": 0},
    "owner": {"value": {"$oid": "600086fe5898d474b09b205c"}, "version": 0},
    "ownerType": {"value": None, "version": 0},
    "title": {"value": "6th Task", "version": 0},
    "summary": {"value": {"markdown": "My test task description"}, "version": 0},
    "estimate": {"value": 5, "version": 0},
    "state": {"value": "todo", "version": 0},
    "order": {"value": "000000001.0", "version": 0},
    "timeEntriesTotal": 0,
    "_order": 0,
}

UPDATE_TASK_REQUEST: Final[dict[str, object]] = {
    "username": "username_Of_User_Updating_the_task",
    "title": {"value": "5th Test task", "version": 1},
    "summary": {
        "value": {
            "markdown": "My test task description",
            "html": "<p>My test task description</p>\n",
        },
        "version": 2,
    },
    "estimate": {"value": 60, "version": 6},
    "state": {"value": "in-progress", "version": 9},
}

UPDATE_TASK: Final[dict[str, object]] = {
    "_id": {"$oid": "54744c20c955ca8169c61eef"},
    "project": {"value": {"$oid": "54744060c955ca8169c61ee6"}, "version": 0},
    "owner": {"value": {"$oid": "600086fe5898d474b09b205c"}, "version": 0},
    "title": {"value": "5th Test task", "version": 2},
    "summary": {
        "value": {
            "markdown": "My test task description",
            "html": "<p>My test card description</p>\n",
        },
        "version": 3,
    },
    "estimate": {"value": 60, "version": 7},
    "state": {"value": "in-progress", "version": 9},
    "version": 3,
}

GUIDE_VERSIONED_ATTRIBUTES: Final[dict[str, object]] = {
    "title": {"value": "Implement login flow", "version": 3},
    "estimate": {"value": 8, "version": 1},
}

GUIDE_CREATE_CARD_REQUEST: Final[dict[str, object]] = {
    "username": "jane.smith",
    "title": {"value": "Add password strength indicator"},
    "summary": {
        "value": {"markdown": "Show a visual strength meter as users type their password."}
    },
    "estimate": {"value": "5"},
}
