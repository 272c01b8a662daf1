"""Projects that are made to be kept: of every table, and of everything that rows may hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, overload

from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import Row
from agilekit.export.tables import TABLES

__all__ = ["HARD_TEXTS", "KEYS", "StreamedRows", "in_version", "odd_project", "project", "streamed"]

HARD_TEXTS: Final = (
    "",
    " ",
    "null",
    "\0",
    "a\0b",
    "\\0 \\u0000 \\N \\",
    "line\nfeed\r\nand\ttab",
    'it\'s "quoted", with a comma; and a semicolon',
    "\x7f\x80\x85\u2028\ufeff",
    "\ufffd",
    "e\u0301 \u00e9 \u1e9e \U0001f469\u200d\U0001f4bb",
    "0123456789",
    "1e5",
    "2026-03-02T00:00:00.000000Z",
    "{not json}",
    "x" * 100_000,
)
_HARD_JSON: Final = (
    '{"b":1,"a":2}',
    '{"a":1,"b":{"a":[null,true,1.0,1,1e2,-0.0,0.10]}}',
    r'{"text":"\u0000 \ud800 \udc00"}',
    '{"large":1e400,"exact":123456789012345678901234567890.123456789}',
    "[" * 400 + "]" * 400,
    '{"":""}',
)
_WHOLE_NUMBERS: Final = (-(1 << 63), -(1 << 53) - 1, -1, 0, 1, (1 << 53) + 1, (1 << 63) - 1)
_NUMBERS: Final = (0.0, 0.1, -1.5, 5e-324, 1e16, 123456789.123456789, 1.7976931348623157e308, 3.0)
# In the order of their characters: that of a language, of UTF-16 or of numbers would be another.
KEYS: Final = ("1", "10", "2", "A", "Z", "_", "a", "a ", "a-b", "ab", "z", "é", "\uff61", "😀")


def project(project_id: str = "1", *, host: str = "sample.example") -> ProjectRef:
    return ProjectRef("flow", host, project_id, f"https://{host}/api", title=f"Sample {project_id}")


def in_version(version: int, ref: ProjectRef | None = None, *, cards: int = 3) -> ProjectData:
    """A project that tells in every row which version of it that is."""
    ref = ref or project()
    title = f"version {version}"
    every = [str(number) for number in range(cards)]
    rows = {
        "projects": [ref.row("projects", title=title)],
        "cards": [ref.row("cards", id=id, title=title, raw="{}") for id in every],
        "comments": [ref.row("comments", id=id, card_id=id, text=title) for id in every],
        "extras": [ref.row("extras", kind=title, id=id, title=title) for id in every],
    }
    return ref.data(rows, title=title)


def odd_project() -> ProjectData:
    """A project with every value that is hard to keep."""
    ref = project("odd")
    cards = [
        *(ref.row("cards", id=f"text {n}", title=text) for n, text in enumerate(HARD_TEXTS)),
        *(ref.row("cards", id=f"whole {n}", number=one) for n, one in enumerate(_WHOLE_NUMBERS)),
        *(ref.row("cards", id=f"number {n}", estimate=one) for n, one in enumerate(_NUMBERS)),
        *(ref.row("cards", id=f"json {n}", raw=text) for n, text in enumerate(_HARD_JSON)),
        *(ref.row("cards", id=f"truth {one}", is_done=one) for one in (0, 1, None)),
        *(ref.row("cards", id=key) for key in KEYS),
        ref.row("cards", id="times", created_at="0001-01-01T00:00:00.000000Z"),
        ref.row("cards", id="last", created_at="9999-12-31T23:59:59.999999Z"),
        ref.row("cards", id="assignees", assignees='["1","a \\"b\\"",""]'),
    ]
    rows = {
        "projects": [ref.row("projects", title="Odd \0", raw="{}")],
        "cards": cards,
        "burndown": [ref.row("burndown", id="1/0", day="2026-03-02", remaining=0.5, step=0)],
    }
    return ref.data(rows, title="Odd \0")


class StreamedRows(Sequence[Row]):
    """Rows that can only be counted, and read from the first to the last, as often as one likes."""

    def __init__(self, rows: Collection[Row], on_row: Callable[[], object]) -> None:
        self._rows = rows
        self._on_row = on_row

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self._on_row()
            yield row

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        raise TypeError("the rows of a project may be too many to be held: they are only iterated")


def streamed(data: ProjectData, on_row: Callable[[], object] = lambda: None) -> ProjectData:
    """The same project, which is read row by row.

    on_row: is called before each row, whenever it is read.
    """
    rows: Mapping[str, Sequence[Row]] = {
        table.name: StreamedRows(data.rows[table.name], on_row) for table in TABLES
    }
    return ProjectData(data.project, rows, data.gaps, data.notes, data.reader_state)
