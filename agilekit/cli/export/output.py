"""What is printed of an export at its end, and of its verification."""

from __future__ import annotations

import click

from agilekit.cli.terminal import one_line, to_json
from agilekit.export import ExportReport, Format, ProjectReport, verify
from agilekit.export.target.open_target import Destination

__all__ = ["print_report", "report_as_json", "verify_export"]


def report_as_json(report: ExportReport) -> str:
    """The whole report, as one object."""
    projects = [
        {
            "connection": one.connection,
            "service": one.service,
            "host": one.host,
            "project_id": one.project_id,
            "title": one.title,
            "rows": dict(one.rows),
            "seconds": round(one.seconds, 3),
            "gaps": list(one.gaps),
            "notes": list(one.notes),
            "skipped": one.skipped,
            "error": None if one.error is None else f"{type(one.error).__name__}: {one.error}",
        }
        for one in report.projects
    ]
    whole = {
        "path": report.path,
        "seconds": round(report.seconds, 3),
        "continued": report.continued and report.continued.isoformat(),
        "exported": len(report.succeeded),
        "skipped": len(report.skipped),
        "failed": len(report.failed),
        "rows": report.rows,
        "projects": projects,
    }
    return to_json(whole)


def print_report(report: ExportReport, *, quiet: bool) -> None:
    """Errors and gaps on standard error, the result on standard output."""
    for one in report.failed:
        click.echo(f"Error: {one_line(f'{_named(one)}: {one.error}')}", err=True)
    if quiet:
        return
    for one in report.projects:
        for gap in (*one.gaps, *one.notes):
            click.echo(f"Note: {one_line(f'{_named(one)}: {gap}')}", err=True)
    click.echo(one_line(str(report)))


def verify_export(path: Destination, format: Format | None, *, quiet: bool, in_json: bool) -> bool:
    """Compares an export with its manifest, prints what differs; True if nothing does."""
    found = verify(path, format=format)
    if in_json:
        click.echo(
            to_json(
                {
                    "path": found.path,
                    "ok": found.ok,
                    "projects": found.projects,
                    "rows": found.rows,
                    "problems": list(found.problems),
                    "incomplete": list(found.incomplete),
                    "advice": list(found.advice),
                }
            )
        )
    else:
        for problem in found.problems:
            click.echo(f"Error: {one_line(problem)}", err=True)
        for advice in found.advice:
            click.echo(f"What to do: {one_line(advice)}", err=True)
        for missing in () if quiet else found.incomplete:
            click.echo(f"Note: {one_line(missing)}", err=True)
    if found.ok and not quiet and not in_json:
        whole = f"{found.projects} projects, {found.rows} rows, all as written"
        click.echo(one_line(f"{found.path}: {whole}"))
    return found.ok


def _named(one: ProjectReport) -> str:
    title = one.title or one.project_id
    return f"{one.connection}: {title}" if title else one.connection
