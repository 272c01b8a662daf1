"""What an export reports shows its state in one line."""

from __future__ import annotations

from datetime import UTC, datetime

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


def test_an_export_and_its_verification_have_a_plain_form() -> None:
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    whole = ExportReport(
        "x.sqlite", (report(error=InvalidInput("no"), gaps=("a gap",)),), 2.0, began
    )
    assert whole.to_dict() == {
        "path": "x.sqlite",
        "projects": [
            {
                "connection": "work",
                "service": "flow",
                "host": "midori.flow.io",
                "project_id": "16",
                "title": "Board",
                "rows": {"cards": 2, "tasks": 1},
                "seconds": 1.0,
                "gaps": ["a gap"],
                "notes": [],
                "skipped": None,
                "error": {"type": "InvalidInput", "message": "no"},
            }
        ],
        "seconds": 2.0,
        "continued": "2026-03-02T09:00:00+00:00",
    }
    found = Verification("x.sqlite", 2, 3, ("a problem",), ())
    assert (found["ok"], found["problems"]) == (False, ["a problem"])


def test_a_table_shows_its_name() -> None:
    assert repr(TABLES[0]).startswith("<Table projects columns=")
