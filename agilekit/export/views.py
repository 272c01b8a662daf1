"""The views of an export as SQLite: what reports are made of.

They need SQLite 3.35. Each has the project's key and title in its first four columns.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["VIEWS", "View"]


@frozen
class View:
    """One view."""

    name: str
    meaning: str
    sql: str


# A sprint's own count goes before that of its cards: it knows those that have left it since. If it
# is not known of one card with points, it is not known of the sum. Of easyBacklog, a sprint that is
# not complete is active or to come by the day on which one looks.
_VELOCITY: Final = """
WITH c AS (
    SELECT * FROM cards WHERE NOT (service = 'flyingdonut' AND kind IS 'placeholder')
)
SELECT s.service, s.host, s.project_id, p.title AS project,
       s.id AS sprint_id, s.title AS sprint, s.number,
       CASE WHEN s.service <> 'easybacklog' OR s.state IS NOT NULL THEN s.state
            WHEN s.starts_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now') THEN 'active'
            WHEN s.starts_at IS NOT NULL THEN 'future'
       END AS state,
       s.starts_at, s.ends_at, s.completed_at,
       coalesce(s.estimate, total(c.estimate)) AS committed,
       s.expected,
       coalesce(s.completed, CASE
           WHEN count(CASE WHEN c.is_done IS NULL AND c.estimate <> 0 THEN 1 END) = 0
           THEN total(CASE WHEN c.is_done = 1 THEN c.estimate END)
       END) AS completed,
       count(c.id) AS cards,
       coalesce(s.done_card_count, count(CASE WHEN c.is_done = 1 THEN 1 END)) AS done_cards,
       count(CASE WHEN c.is_done IS NULL THEN c.id END) AS unknown_cards
FROM sprints s
JOIN projects p USING (service, host, project_id)
LEFT JOIN c ON c.service = s.service AND c.host = s.host
    AND c.project_id = s.project_id AND c.sprint_id = s.id
GROUP BY s.service, s.host, s.project_id, s.id
ORDER BY s.service, s.host, s.project_id, s.starts_at, s.number, s.id
"""

_CYCLE_TIME: Final = """
SELECT c.service, c.host, c.project_id, p.title AS project,
       c.id AS card_id, c.number, c.title AS card, c.sprint_id, c.created_at, c.completed_at,
       round(julianday(c.completed_at) - julianday(c.created_at), 4) AS cycle_days,
       round(c.working_seconds / 86400.0, 4) AS working_days
FROM cards c
JOIN projects p USING (service, host, project_id)
WHERE c.completed_at >= c.created_at
ORDER BY c.service, c.host, c.project_id, c.completed_at, c.id
"""

_BURNDOWN_CHART: Final = """
SELECT b.service, b.host, b.project_id, p.title AS project,
       b.sprint_id, s.title AS sprint, b.line, b.step, b.day, b.remaining, b.unit,
       CASE WHEN b.line = 'actual' THEN round(
           first_value(b.remaining) OVER steps
           * (max(b.step) OVER chart - b.step)
           / nullif(max(b.step) OVER chart - min(b.step) OVER line, 0), 6
       ) END AS ideal
FROM burndown b
JOIN projects p USING (service, host, project_id)
LEFT JOIN sprints s ON s.service = b.service AND s.host = b.host
    AND s.project_id = b.project_id AND s.id = b.sprint_id
WINDOW chart AS (PARTITION BY b.service, b.host, b.project_id, b.sprint_id),
       line AS (PARTITION BY b.service, b.host, b.project_id, b.sprint_id, b.line),
       steps AS (line ORDER BY b.step)
ORDER BY b.service, b.host, b.project_id, b.sprint_id, b.line, b.step
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
           CASE WHEN first_value(stay) OVER (
               PARTITION BY service, host, project_id, entity_id, stays
               ORDER BY made_at, length(id), id
           ) IS NOT 'ends' THEN first_value(column_id) OVER (
               PARTITION BY service, host, project_id, entity_id, places
               ORDER BY made_at, length(id), id
           ) END AS column_id
    FROM marked
),
spells AS (
    SELECT service, host, project_id, column_id, date(made_at) AS entered,
           date(lead(made_at) OVER (
               PARTITION BY service, host, project_id, entity_id
               ORDER BY made_at, length(id), id
           )) AS left_on
    FROM states
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
    SELECT service, host, project_id, date(day, '+1 day'), last FROM days WHERE day < last
),
used AS (SELECT DISTINCT service, host, project_id, column_id FROM deltas),
places AS (
    SELECT service, host, project_id, id, title, row_number() OVER (
        PARTITION BY service, host, project_id
        ORDER BY
            CASE WHEN service = 'flow' AND json_extract(raw, '$.col_type') = 'B' THEN 0 ELSE 1 END,
            CASE WHEN service = 'flow' THEN -position ELSE position END, id
    ) AS place
    FROM columns WHERE kind IN ('column', 'stage')
)
SELECT u.service, u.host, u.project_id, p.title AS project,
       u.column_id, coalesce(c.title, u.column_id) AS "column", c.place, d.day,
       sum(coalesce(x.n, 0)) OVER (
           PARTITION BY u.service, u.host, u.project_id, u.column_id ORDER BY d.day
       ) AS cards
FROM used u
JOIN days d USING (service, host, project_id)
JOIN projects p USING (service, host, project_id)
LEFT JOIN deltas x ON x.service = u.service AND x.host = u.host
    AND x.project_id = u.project_id AND x.column_id = u.column_id AND x.day = d.day
LEFT JOIN places c ON c.service = u.service AND c.host = u.host
    AND c.project_id = u.project_id AND c.id = u.column_id
ORDER BY u.service, u.host, u.project_id, d.day, c.place, u.column_id
"""

_THROUGHPUT: Final = """
SELECT c.service, c.host, c.project_id, p.title AS project,
       date(c.completed_at, 'weekday 0', '-6 days') AS week,
       count(*) AS cards, total(c.estimate) AS points
FROM cards c
JOIN projects p USING (service, host, project_id)
WHERE c.completed_at IS NOT NULL
GROUP BY c.service, c.host, c.project_id, week
ORDER BY c.service, c.host, c.project_id, week
"""

VIEWS: Final[tuple[View, ...]] = (
    View(
        "velocity",
        "By sprint: points committed, expected and completed (null if not known), cards, those "
        "that are done, and those of which that is not known.",
        _VELOCITY,
    ),
    View(
        "cycle_time",
        "By card that is done: the days from its creation to its completion, and those of work.",
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
    View("throughput", "By week, named by its Monday: cards and points done.", _THROUGHPUT),
)
