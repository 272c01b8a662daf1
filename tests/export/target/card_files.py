"""Cards, and the file that a format of a folder makes of them."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from agilekit.export import PythonValue, manifest
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.table_format import TableFormat

CARDS: Final = BY_NAME["cards"]


def card(id: str, **values: PythonValue) -> Row:
    return CARDS.row(service="flow", host="h", project_id="1", id=id, raw="{}", **values)


def written(by: TableFormat, *rows: Row) -> BytesIO:
    stream = BytesIO()
    by.write(stream, CARDS, iter([manifest.lines(CARDS, rows)]))
    stream.seek(0)
    return stream
