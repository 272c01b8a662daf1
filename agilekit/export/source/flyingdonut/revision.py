"""The revision of a project of Flying Donut: a hash over its lists and charts, which proves that it
did not change.

| part of a project | is in the hash |
|---|---|
| project, buckets, sprints | as answered: what passes with the day (`isPast`, …) is in it, too |
| cards, in their buckets and sprints | as answered, with every version |
| tasks that the list of a sprint shows | as answered |
| burndown charts | without `when`, the time of the chart itself |
| other tasks | by their counters in the card; see below |

Of a task that no list shows, its state and hours change its card. That its other attributes change
the project's `version` or `activityCounter` is an assumption: what those count is documented
nowhere. If a project lacks either, nothing proves that it did not change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agilekit.export.source.flyingdonut.card_lists import CardLists
from agilekit.export.source.raw import without
from agilekit.flyingdonut import Bucket, Burndown, Project
from agilekit.wire.json import JSON

__all__ = ["counters_of", "revision_of"]

_CHANGES_BY_ITSELF: Final = "when"
"""In a burndown chart."""


def counters_of(project: Project) -> str | None:
    """What a project counts of itself; None if it does not."""
    counters = (project.version, project.activity_counter.value)
    return None if None in counters else "version {}, activity {}".format(*counters)


def revision_of(
    project: Project, buckets: Sequence[Bucket], lists: CardLists, charts: Mapping[str, Burndown]
) -> str | None:
    """Text that differs after every change; None if nothing proves that."""
    counted = counters_of(project)
    if counted is None:
        return None
    digest = hashlib.sha256()
    parts = (
        [_text(dict(project.raw))],
        _array(dict(bucket.raw) for bucket in buckets),
        _array(bucket.answer() for bucket in lists.backlog),
        _array(dict(sprint.raw) for sprint in lists.sprints),
        [_text({id: [dict(item.raw) for item in lists.items[id]] for id in lists.items})],
        [_text({id: without(chart.raw, _CHANGES_BY_ITSELF) for id, chart in charts.items()})],
    )
    for number, part in enumerate(parts):
        digest.update(b"," if number else b"[")
        for text in part:
            digest.update(text.encode())
    digest.update(b"]")
    return f"{counted}, lists {digest.hexdigest()[:32]}"


def _array(items: Iterable[JSON]) -> Iterator[str]:
    """The text of an array, part by part: a backlog may be too large to be held as one."""
    yield "["
    for number, item in enumerate(items):
        if number:
            yield ","
        yield _text(item)
    yield "]"


_text: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
