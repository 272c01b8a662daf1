"""A backlog to print: a workbook in the XML of Excel, and a PDF with a card for each story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from agilekit.sandbox.easybacklog import points
from agilekit.sandbox.easybacklog.call import Crash
from agilekit.sandbox.messages import Response
from agilekit.sandbox.renderer import legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agilekit.sandbox.easybacklog.state import Backlog, Story
    from agilekit.sandbox.easybacklog.store import Store

# What the PDF library of the server calls its page sizes: width and height in points.
_SIZES: Final = {"A4": (595, 842), "LETTER": (612, 792)}
_CARDS_A_PAGE: Final = 4
_HEADS: Final = ("Code", "As a", "I want to", "So I can", "Comments", "Points")


def _download(backlog: Backlog, kind: str, content_type: str, body: bytes) -> Response:
    name = re.sub(r"[^a-z0-9]+", "-", backlog.name.lower()).strip("-")
    disposition = f'attachment; filename="{name}.{kind}"'
    return Response(
        200, body, (("content-type", content_type), ("content-disposition", disposition))
    )


def xls(store: Store, backlog: Backlog) -> Response:
    """Two worksheets: the backlog laid out by theme with its sums, and the bare list of stories."""
    layout: list[Sequence[str | float]] = [(backlog.name, points.of_backlog(store, backlog))]
    stories: list[Sequence[str | float]] = [_HEADS]
    for one in backlog.themes:
        theme = store.themes[one]
        rows = [_row(store, store.stories[it]) for it in theme.stories]
        layout += [(theme.code, theme.name, points.of_theme(store, theme)), *rows]
        stories += rows
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f"{_sheet('Backlog', layout)}{_sheet('Stories', stories)}</Workbook>\n"
    )
    return _download(backlog, "xls", "application/vnd.ms-excel; charset=utf-8", body.encode())


def _row(store: Store, it: Story) -> Sequence[str | float]:
    code = f"{store.themes[it.theme_id].code}{it.unique_id}"
    texts = [text or "" for text in (it.as_a, it.i_want_to, it.so_i_can, it.comments)]
    return (code, *texts, points.total([it]))


def _sheet(name: str, rows: Iterable[Sequence[str | float]]) -> str:
    inside = "".join(f"<Row>{''.join(map(_cell, row))}</Row>" for row in rows)
    return f"<Worksheet ss:Name={quoteattr(name)}><Table>{inside}</Table></Worksheet>"


def _cell(value: str | float) -> str:
    kind = "String" if isinstance(value, str) else "Number"
    return f'<Cell><Data ss:Type="{kind}">{escape(legal(str(value)))}</Data></Cell>'


def pdf(store: Store, backlog: Backlog, stories: Sequence[Story], page_size: str) -> Response:
    """The cards of the stories. Raises :class:`Crash` for a page size that is not known."""
    if page_size not in _SIZES:
        raise Crash(f"undefined method `each' for {page_size[:40]!r}")
    width, height = _SIZES[page_size]
    pages = [stories[at : at + _CARDS_A_PAGE] for at in range(0, len(stories), _CARDS_A_PAGE)]
    contents = [_page(store, page, height) for page in pages or [()]]
    return _download(backlog, "pdf", "application/pdf", _file(contents, width, height))


def _page(store: Store, stories: Sequence[Story], height: int) -> bytes:
    lines: list[str] = []
    for number, story in enumerate(stories):
        top = height - 60 - number * (height - 60) // _CARDS_A_PAGE
        texts = [str(cell) for cell in _row(store, story)]
        for line, text in enumerate(texts):
            lines.append(f"BT /F1 11 Tf 50 {top - 16 * line} Td ({_literal(text)}) Tj ET")
    return "\n".join(lines).encode("latin-1")


def _literal(text: str) -> str:
    plain = text.encode("latin-1", "replace").decode("latin-1")
    return re.sub(r"([\\()])", r"\\\1", re.sub(r"[\x00-\x1f]", " ", plain))


def _file(contents: Sequence[bytes], width: int, height: int) -> bytes:
    """A PDF of one text stream a page, with the offset of every object in its table."""
    numbers = range(4, 4 + 2 * len(contents), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in zip(numbers, contents, strict=True):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R >>".encode()
        )
        stream = b"stream\n%b\nendstream" % content
        objects.append(b"<< /Length %d >>\n%b" % (len(content), stream))
    body = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, one in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n%b%b" % (size, table, trailer)
