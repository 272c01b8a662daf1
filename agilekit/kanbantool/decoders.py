"""What an answer of Kanban Tool is decoded to: the models, with and without their envelopes.

Some calls answer with an entity's attributes at once, others with ``{"task": {…}}`` around them.
`DECODER` takes either, for each element of a list by itself.

Source: KanbanTool API v1.1 Guide, "JSON response format warning".
"""

from datetime import datetime
from typing import Final

from agilekit.kanbantool.models import (
    Board,
    BoardUser,
    CardType,
    Change,
    Comment,
    Folder,
    Id,
    Subtask,
    Swimlane,
    Task,
    TimeTracker,
    UserSummary,
    WorkflowStage,
)
from agilekit.wire.decode import to_int
from agilekit.wire.decoder import Decoder
from agilekit.wire.generated import WHOLE, text_by
from agilekit.wire.json import JSON
from agilekit.wire.times import from_iso

__all__ = ["DECODER", "previous_timer"]


def _id(value: object, _: object) -> int:
    return 0 if value is None else to_int(value)


DECODER: Final = Decoder(
    time=from_iso,
    keys=str,
    envelopes={
        Board: "board",
        BoardUser: "shared_item_user",
        CardType: "card_type",
        Change: "changelog",
        Comment: "comment",
        Folder: "folder",
        Subtask: "subtask",
        Swimlane: "swimlane",
        Task: "task",
        TimeTracker: "time_tracker",
        UserSummary: "user",
        WorkflowStage: "workflow_stage",
    },
    hooks={Id: _id},
    usual_shapes={Id: WHOLE, datetime: text_by(from_iso)},
)

_ENVELOPE: Final = "time_tracker"
_TRACKER: Final = DECODER.entity(TimeTracker)


# Source: KanbanTool API v1.1 Guide, "Deleting time entries": there may be no previous timer.
def previous_timer(data: JSON) -> TimeTracker | None:
    """The timer that an answer holds; None if it holds none."""
    if isinstance(data, dict) and "id" not in data and data.get(_ENVELOPE, data) is None:
        return None  # {"time_tracker": null}
    return None if data in (None, {}) else _TRACKER(data)
