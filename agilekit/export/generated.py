"""Functions that are generated from the columns of a table: one makes its rows, one writes them as
lines of JSON.

The rule: a value is taken by the expression of its type if it is exactly what usually comes.
Everything else goes to the slow way, which knows all the rules: `Column.value` for a row, `dumps`
for a line. So a generated function never says what is right, only what is usual.

Of a table with the columns ``id`` (text) and ``estimate`` (number) come

    def make(*, id=None, estimate=None, **unknown):
        if unknown:
            refuse(unknown)
        return (
            None if id is None else id if id.__class__ is str and id.isascii() else slow_id(id),
            None if estimate is None else estimate + 0.0 if estimate.__class__ is float
                else slow_estimate(estimate),
        )

    def line(row):
        (of_id, of_estimate, ) = row
        return (
            f'{{"id":{null if of_id is None else text(of_id) if … else dumps(of_id)}'
            f',"estimate":{null if of_estimate is None else repr(of_estimate) if … else dumps(…)}'
            '}\n'
        ).encode(errors='surrogatepass')
"""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from agilekit.export.table import Column, ColumnType, PythonValue, Row

__all__ = ["LineOf", "RowOf", "line_encoder", "row_builder"]

LineOf: TypeAlias = "Callable[[Row], bytes]"
"""Writes a row as a line of JSON."""


class RowOf(Protocol):
    """Makes a row by the names of its columns."""

    def __call__(self, **values: PythonValue) -> Row: ...


_TEXT: Final = "{it} if {it}.__class__ is str and {it}.isascii() else {slow}"
_MADE: Final[Mapping[ColumnType, str]] = {
    "text": _TEXT,
    "integer": "{it} if {it}.__class__ is int and LEAST <= {it} < BEYOND else {slow}",
    "number": "{it} + 0.0 if {it}.__class__ is float else {slow}",
    "boolean": "1 if {it} is True else 0 if {it} is False else {slow}",
    "time": "{slow}",
    "day": _TEXT,
    "texts": _TEXT,
    "json": _TEXT,
}
"""What a row holds of a value that is not None."""

_AS_TEXT: Final = "text({it}) if {it}.__class__ is str else dumps({it})"
_AS_WHOLE: Final = "{it} if {it}.__class__ is int else dumps({it})"
_WRITTEN: Final[Mapping[ColumnType, str]] = {
    "text": _AS_TEXT,
    "integer": _AS_WHOLE,
    "number": "repr({it}) if {it}.__class__ is float and isfinite({it}) else dumps({it})",
    "boolean": _AS_WHOLE,
    "time": _AS_TEXT,
    "day": _AS_TEXT,
    "texts": _AS_TEXT,
    "json": _AS_TEXT,
}
"""What a line holds of a value of a row that is not None."""

# A row that was written holds only texts and numbers; a damaged one may hold bytes.
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr)


def row_builder(table: str, columns: Sequence[Column], *, least: int, beyond: int) -> RowOf:
    """What makes a row of a table; what is left out is null. It raises TypeError for a name that no
    column has.

    least, beyond: the whole numbers that can be stored.
    """
    names: dict[str, object] = {"LEAST": least, "BEYOND": beyond, "refuse": _refusing(table)}
    names |= {f"slow_{column.name}": column.value for column in columns}
    parameters = "".join(f"{column.name}=None, " for column in columns)
    lines = [f"def make(*, {parameters}**unknown):", "    if unknown:", "        refuse(unknown)"]
    lines.append("    return (")
    for column in columns:
        it = column.name
        made = _MADE[column.type].format(it=it, slow=f"slow_{it}({it})")
        lines.append(f"        None if {it} is None else {made},")
    lines.append("    )")
    return cast("RowOf", _compiled(f"rows of {table}", lines, names)["make"])


def line_encoder(table: str, columns: Sequence[Column]) -> LineOf:
    """What writes a row of a table as a line. It raises ValueError for a row of another length."""
    names: dict[str, object] = {
        "text": json.encoder.encode_basestring,
        "dumps": _encoder.encode,
        "isfinite": isfinite,
        "null": "null",
    }
    values = [f"of_{column.name}" for column in columns]
    lines = ["def line(row):", f"    ({''.join(f'{it}, ' for it in values)}) = row", "    return ("]
    for column, it in zip(columns, values, strict=True):
        begin = "{{" if column is columns[0] else ","
        written = _WRITTEN[column.type].format(it=it)
        lines.append(
            f"""        f'{begin}"{column.name}":{{null if {it} is None else {written}}}'"""
        )
    lines += [r"        '}\n'", "    ).encode(errors='surrogatepass')"]
    return cast("LineOf", _compiled(f"lines of {table}", lines, names)["line"])


def _refusing(table: str) -> Callable[[Mapping[str, PythonValue]], NoReturn]:
    def refuse(unknown: Mapping[str, PythonValue]) -> NoReturn:
        raise TypeError(f"the table {table} has no column {', '.join(unknown)}")

    return refuse


def _compiled(what: str, lines: Sequence[str], names: dict[str, object]) -> dict[str, object]:
    code = compile("\n".join(lines) + "\n", f"<{what}>", "exec")
    exec(code, names)  # noqa: S102 - it is made of the columns of a table, and of nothing that came
    return names
