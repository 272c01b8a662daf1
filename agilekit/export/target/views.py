"""The views of an export as a database: what reports are made of.

Each is said once for all databases; ``$day(…)`` and the like stand for what they say differently.
SQLite is needed in version 3.35. Each has the project's key and title in its first four columns.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from agilekit.export.target.sql_dialect import SQLDialect, in_dialect

__all__ = ["VIEWS", "View"]


@frozen
class View:
    """One view."""

    name: str
    meaning: str
    text: str

    def sql(self, dialect: SQLDialect) -> str:
        """The statement that makes its rows."""
        return in_dialect(self.text, dialect)


# A sprint's own count goes before that of its cards: it knows those that have left it since. If it
# is not known of one card with points, it is not known of the sum. Of easyBacklog, a sprint that is
# not complete is active or to come by the day on which one looks.
_VELOCITY: Final = """
WITH c AS (
    SELECT * FROM cards WHERE NOT (service = 'flyingdonut' AND coalesce(kind, '') = 'placeholder')
)
SELECT s.service, s.host, s.project_id, p.title AS project,
       s.id AS sprint_id, s.title AS sprint, s.number,
       CASE WHEN s.service <> 'easybacklog' OR s.state IS NOT NULL THEN s.state
            WHEN s.starts_at <= $now() THEN 'active'
            WHEN s.starts_at IS NOT NULL THEN 'future'
       END AS state,
       s.starts_at, s.ends_at, s.completed_at,
       coalesce(s.estimate, sum(c.estimate), 0.0) AS committed,
       s.expected,
       coalesce(s.completed, CASE
           WHEN count(CASE WHEN c.is_done IS NULL AND c.estimate <> 0 THEN 1 END) = 0
           THEN coalesce(sum(CASE WHEN c.is_done THEN c.estimate END), 0.0)
       END) AS completed,
       count(c.id) AS cards,
       coalesce(s.done_card_count, count(CASE WHEN c.is_done THEN 1 END)) AS done_cards,
       count(CASE WHEN c.is_done IS NULL THEN c.id END) AS unknown_cards,
       count(CASE WHEN c.estimate IS NULL THEN c.id END) AS unestimated_cards
FROM sprints s
JOIN projects p USING (service, host, project_id)
LEFT JOIN c ON c.service = s.service AND c.host = s.host
    AND c.project_id = s.project_id AND c.sprint_id = s.id
GROUP BY s.service, s.host, s.project_id, s.id, p.title, s.title, s.number, s.state,
    s.starts_at, s.ends_at, s.completed_at, s.estimate, s.expected, s.completed, s.done_card_count
ORDER BY s.service, s.host, s.project_id, s.starts_at NULLS FIRST, s.number NULLS FIRST, s.id
"""

# A card of which it is not known has a row, too: so that it can be counted.
_LEAD_TIME: Final = """
SELECT c.service, c.host, c.project_id, p.title AS project,
       c.id AS card_id, c.number, c.title AS card, c.sprint_id, c.created_at, c.completed_at,
       CASE WHEN c.completed_at >= c.created_at THEN
           $days_between(c.created_at, c.completed_at)
       END AS lead_days
FROM cards c
JOIN projects p USING (service, host, project_id)
WHERE c.completed_at IS NOT NULL OR c.is_done
ORDER BY c.service, c.host, c.project_id, c.completed_at NULLS FIRST, c.id
"""

_WORK_BEGINS: Final = """
SELECT p.service, p.host, p.project_id, p.title AS project,
       c.id AS column_id, c.title AS "column", c.place
FROM columns c
JOIN projects p USING (service, host, project_id)
WHERE c.place = 2
ORDER BY p.service, p.host, p.project_id
"""

# The first change that shows a card there is its entry only if it is known where it was before, or
# that it was made there: a change of Kanban Tool shows its column whatever is changed. A column
# that is gone has no place, so a card that was in it first is not known to have begun later.
_CYCLE_TIME: Final = """
WITH
seen AS (
    SELECT h.service, h.host, h.project_id, h.entity_id AS card_id, h.made_at, h.what, c.place,
           row_number() OVER (
               PARTITION BY h.service, h.host, h.project_id, h.entity_id
               ORDER BY h.made_at, length(h.id), h.id
           ) AS step
    FROM changes h
    LEFT JOIN columns c ON c.service = h.service AND c.host = h.host
        AND c.project_id = h.project_id AND c.id = h.column_id AND c.kind IN ('column', 'stage')
    WHERE h.entity = 'card' AND h.column_id IS NOT NULL AND h.made_at IS NOT NULL
),
beyond AS (
    SELECT s.*, row_number() OVER (
        PARTITION BY s.service, s.host, s.project_id, s.card_id ORDER BY s.step
    ) AS nth
    FROM seen s
    JOIN work_begins w USING (service, host, project_id)
    WHERE s.place IS NULL OR s.place >= w.place
),
starts AS (
    SELECT * FROM beyond
    WHERE nth = 1 AND place IS NOT NULL
        AND (step > 1 OR service = 'flow' OR lower(what) LIKE 'created%')
)
SELECT c.service, c.host, c.project_id, p.title AS project,
       c.id AS card_id, c.number, c.title AS card, c.sprint_id,
       s.made_at AS started_at, c.completed_at,
       CASE WHEN c.completed_at >= s.made_at THEN
           $days_between(s.made_at, c.completed_at)
       END AS cycle_days,
       $days(c.working_seconds) AS working_days
FROM cards c
JOIN projects p USING (service, host, project_id)
LEFT JOIN starts s ON s.service = c.service AND s.host = c.host
    AND s.project_id = c.project_id AND s.card_id = c.id
WHERE c.completed_at IS NOT NULL OR c.is_done
ORDER BY c.service, c.host, c.project_id, c.completed_at NULLS FIRST, c.id
"""

_BURNDOWN_CHART: Final = """
SELECT b.service, b.host, b.project_id, p.title AS project,
       b.sprint_id, s.title AS sprint, b.line, b.step, b.day, b.remaining, b.unit,
       CASE WHEN b.line = 'actual' AND max(b.step) OVER chart > min(b.step) OVER line
           THEN CAST(round(CAST(
               first_value(b.remaining) OVER steps
               * (max(b.step) OVER chart - b.step)
               / (max(b.step) OVER chart - min(b.step) OVER line)
           AS $numeric()), 6) AS double precision)
       END AS ideal
FROM burndown b
JOIN projects p USING (service, host, project_id)
LEFT JOIN sprints s ON s.service = b.service AND s.host = b.host
    AND s.project_id = b.project_id AND s.id = b.sprint_id
WINDOW chart AS (PARTITION BY b.service, b.host, b.project_id, b.sprint_id),
       line AS (PARTITION BY b.service, b.host, b.project_id, b.sprint_id, b.line),
       steps AS (line ORDER BY b.step NULLS FIRST)
ORDER BY b.service, b.host, b.project_id, b.sprint_id NULLS FIRST,
    b.line NULLS FIRST, b.step NULLS FIRST
"""

# A card is in a column from the change that put it there until its next change with a column, or
# one that ends its stay. What happens to it afterwards puts it nowhere, until a change resumes it.
_CUMULATIVE_FLOW: Final = """
WITH RECURSIVE
events AS (
    SELECT service, host, project_id, entity_id, made_at, id, column_id, stay
    FROM changes WHERE entity = 'card' AND made_at IS NOT NULL
    UNION ALL
    SELECT service, host, project_id, id, archived_at, '', NULL, 'ends'
    FROM cards WHERE archived_at IS NOT NULL
),
marked AS (
    SELECT *, count(stay) OVER history AS stays, count(column_id) OVER history AS places
    FROM events
    WINDOW history AS (
        PARTITION BY service, host, project_id, entity_id ORDER BY made_at, length(id), id
    )
),
states AS (
    SELECT service, host, project_id, entity_id, made_at, id,
           CASE WHEN coalesce(first_value(stay) OVER (
               PARTITION BY service, host, project_id, entity_id, stays
               ORDER BY made_at, length(id), id
           ), '') <> 'ends' THEN first_value(column_id) OVER (
               PARTITION BY service, host, project_id, entity_id, places
               ORDER BY made_at, length(id), id
           ) END AS column_id
    FROM marked
),
stays AS (
    SELECT *, lead(made_at) OVER (
        PARTITION BY service, host, project_id, entity_id ORDER BY made_at, length(id), id
    ) AS left_at
    FROM states
),
spells AS (
    SELECT service, host, project_id, column_id, $day(made_at) AS entered,
           $day(left_at) AS left_on
    FROM stays
),
moves AS (SELECT * FROM spells WHERE column_id IS NOT NULL),
steps AS (
    SELECT service, host, project_id, column_id, entered AS day, 1 AS n FROM moves
    UNION ALL
    SELECT service, host, project_id, column_id, left_on, -1 FROM moves WHERE left_on IS NOT NULL
),
deltas AS (
    SELECT service, host, project_id, column_id, day, sum(n) AS n
    FROM steps GROUP BY service, host, project_id, column_id, day
),
days (service, host, project_id, day, last) AS (
    SELECT service, host, project_id, min(day), max(day)
    FROM deltas GROUP BY service, host, project_id
    UNION ALL
    SELECT service, host, project_id, $day_after(day), last FROM days WHERE day < last
),
used AS (SELECT DISTINCT service, host, project_id, column_id FROM deltas),
places AS (
    SELECT service, host, project_id, id, title, place
    FROM columns WHERE kind IN ('column', 'stage')
)
SELECT u.service, u.host, u.project_id, p.title AS project,
       u.column_id, coalesce(c.title, u.column_id) AS "column", c.place, d.day,
       CAST(sum(coalesce(x.n, 0)) OVER (
           PARTITION BY u.service, u.host, u.project_id, u.column_id ORDER BY d.day
       ) AS bigint) AS cards
FROM used u
JOIN days d USING (service, host, project_id)
JOIN projects p USING (service, host, project_id)
LEFT JOIN deltas x ON x.service = u.service AND x.host = u.host
    AND x.project_id = u.project_id AND x.column_id = u.column_id AND x.day = d.day
LEFT JOIN places c ON c.service = u.service AND c.host = u.host
    AND c.project_id = u.project_id AND c.id = u.column_id
ORDER BY u.service, u.host, u.project_id, d.day, c.place NULLS FIRST, u.column_id
"""

_THROUGHPUT: Final = """
SELECT c.service, c.host, c.project_id, p.title AS project,
       $monday(c.completed_at) AS week,
       count(*) AS cards, sum(c.estimate) AS points, count(*) - count(c.estimate) AS unestimated
FROM cards c
JOIN projects p USING (service, host, project_id)
WHERE c.completed_at IS NOT NULL
GROUP BY c.service, c.host, c.project_id, p.title, week
ORDER BY c.service, c.host, c.project_id, week
"""

VIEWS: Final[tuple[View, ...]] = (
    View(
        "velocity",
        "By sprint: points committed, expected and completed (null if not known), cards, those "
        "that are done, those of which that is not known, and those without an estimate.",
        _VELOCITY,
    ),
    View(
        "lead_time",
        "By card that is done: the days from its creation to its completion; null if not known.",
        _LEAD_TIME,
    ),
    View(
        "work_begins",
        "By project: the column in which work begins, which is the second.",
        _WORK_BEGINS,
    ),
    View(
        "cycle_time",
        "By card that is done: the days from its first entry into the column in which work begins, "
        "or one beyond it, to its completion, null if not known; and those of work.",
        _CYCLE_TIME,
    ),
    View(
        "burndown_chart",
        "The table burndown with titles, and the ideal line from the first value to 0 at the end.",
        _BURNDOWN_CHART,
    ),
    View(
        "cumulative_flow",
        "By day and column: the cards in the column at the end of the day, in UTC.",
        _CUMULATIVE_FLOW,
    ),
    View(
        "throughput",
        "By week, named by its Monday: cards and points done (null if no card has an estimate), "
        "and the cards without an estimate.",
        _THROUGHPUT,
    ),
)
