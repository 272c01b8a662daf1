"""Exports every project of every service at once, and makes a page of charts of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agilekit.demo.checks import check
from agilekit.export import Exportable, export
from agilekit.report import page, read


async def main(clients: Sequence[Exportable], folder: Path) -> Path:
    """Returns the page.

    folder: where it is written, beside the export that it is made of.
    """
    backup = folder / "projects.sqlite"
    report = await export(clients, to=backup)
    rows = sum(report.rows.values())
    print(f"{rows} rows of {len(report.succeeded)} projects in {report.seconds:.1f} s")
    check("projects that failed", [str(one.error) for one in report.failed], [])

    html = folder / "report.html"
    html.write_text(page(read(backup)), encoding="utf-8")
    return html
