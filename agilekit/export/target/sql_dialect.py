"""What databases say differently, by the names under which the views ask for it: ``$day(made_at)``.

Everything else in them is SQL that all databases read alike. So it is said where nulls are sorted
to, a truth is not compared with 1, and what is selected beside a sum is grouped by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

__all__ = ["SQLDialect", "in_dialect"]

SQLDialect: TypeAlias = Literal["sqlite", "postgres", "duckdb"]

_CALL: Final = re.compile(r"\$(\w+)\(([^()]*)\)")
# In SQLite times and days are text; in the others they are of the types timestamptz and date. What
# DuckDB does with a time zone, it does by an extension: its phrases ask for none.
_PHRASES: Final[Mapping[str, Mapping[SQLDialect, str]]] = {
    "now": {
        "sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
        "postgres": "now()",
        "duckdb": "now()",
    },
    "day": {
        "sqlite": "date({})",
        "postgres": "({} AT TIME ZONE 'UTC')::date",
        "duckdb": "make_timestamp(epoch_us({}))::date",
    },
    "day_after": {
        "sqlite": "date({}, '+1 day')",
        "postgres": "{} + 1",
        "duckdb": "{} + 1",
    },
    "monday": {
        "sqlite": "date({}, 'weekday 0', '-6 days')",
        "postgres": "date_trunc('week', {} AT TIME ZONE 'UTC')::date",
        "duckdb": "date_trunc('week', make_timestamp(epoch_us({})))::date",
    },
    # What is rounded to digits; one of DuckDB has three of them.
    "numeric": {
        "sqlite": "numeric",
        "postgres": "numeric",
        "duckdb": "double",
    },
    # Days have four digits after the point.
    "days": {
        "sqlite": "round({} / 86400.0, 4)",
        "postgres": "round({}::numeric / 86400, 4)::double precision",
        "duckdb": "round({} / 86400, 4)",
    },
    "days_between": {
        "sqlite": "round(julianday({1}) - julianday({0}), 4)",
        "postgres": "round(extract(epoch FROM {1} - {0})::numeric / 86400, 4)::double precision",
        "duckdb": "round((epoch_us({1}) - epoch_us({0})) / 86400e6, 4)",
    },
}
"""By name: the text, with its arguments in the braces."""


def in_dialect(sql: str, dialect: SQLDialect) -> str:
    """A statement that asks for phrases, as one database reads it."""

    def phrase(call: re.Match[str]) -> str:
        arguments = [argument.strip() for argument in call[2].split(",")]
        return _PHRASES[call[1]][dialect].format(*arguments)

    return _CALL.sub(phrase, sql)
