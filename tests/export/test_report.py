"""What an export reports shows its state in one line."""

from __future__ import annotations

from agilekit.errors import InvalidInput
from agilekit.export import TABLES, ExportReport, ProjectReport, Verification


def report(**values: object) -> ProjectReport:
    given = {"title": "Board", "rows": {"cards": 2, "tasks": 1}, "seconds": 1.0, **values}
    return ProjectReport("work", "flow", "midori.flow.io", "16", **given)  # type: ignore[arg-type]


def test_a_project_that_was_written_shows_its_rows_and_gaps() -> None:
    assert repr(report(gaps=("a gap",))) == "<ProjectReport flow 16 'Board' rows=3 gaps=1>"


def test_a_project_that_was_not_written_shows_why() -> None:
    assert repr(report(skipped="unchanged")) == "<ProjectReport flow 16 'Board' skipped>"
    failed = report(error=InvalidInput("no"), title="x" * 100)
    assert repr(failed).endswith(" failed=InvalidInput>")
    assert len(repr(failed)) < 120


def test_an_export_and_its_verification_show_their_totals() -> None:
    whole = ExportReport("x.sqlite", (report(), report(skipped="unchanged")), 2.0)
    assert repr(whole) == f"<ExportReport {whole}>"
    assert "\n" not in repr(whole)
    found = Verification("x.sqlite", 2, 3, ("a problem",), ())
    assert repr(found) == "<Verification x.sqlite problems=1 projects=2 rows=3>"


def test_a_table_shows_its_name() -> None:
    assert repr(TABLES[0]).startswith("<Table projects columns=")
