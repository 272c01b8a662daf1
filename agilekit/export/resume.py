"""What a run that was cut off has written, as the run that continues it finds it.

| the run that is continued wrote a project | it is |
|---|---|
| within the last hour | left as it is |
| earlier, and its revision is still the same | left as it is: nothing happened to it |
| earlier, and anything else | read again |

The clock of this machine tells the hour; a time in the future tells nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from agilekit.export.manifest import ProjectEntry
from agilekit.export.target.target import Run

__all__ = ["is_fresh", "is_of", "start_of"]

_FRESH: Final = timedelta(hours=1)


def is_of(run: Run, entry: ProjectEntry) -> bool:
    """Whether a run that is continued has written a project."""
    return run.continued and entry["run"] == run.id


def is_fresh(entry: ProjectEntry) -> bool:
    """Whether a project was written within the last hour."""
    written = _moment(entry["finished_at"])
    return written is not None and timedelta() <= datetime.now(UTC) - written <= _FRESH


def start_of(run: Run) -> datetime | None:
    """When the run began that this one continues; None if it began anew, or that is not known."""
    return _moment(run.started_at) if run.continued else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
