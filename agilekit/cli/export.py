"""``agilekit export``: everything in a project, into a file or a folder."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Final, TextIO

import click

from agilekit import FlyingDonut
from agilekit.cli.progress import exporting
from agilekit.cli.running import run
from agilekit.cli.text import one_line
from agilekit.export import ExportReport
from agilekit.export import export as export_to

__all__ = ["export"]

_SECRET: Final = "AGILEKIT_FLYINGDONUT_SECRET"  # noqa: S105 - the name of a variable


@click.command
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to: a file that ends in .sqlite, .sqlite3 or .db for SQLite, any other path for a "
    "folder of JSON Lines.",
)
@click.option(
    "--service",
    type=click.Choice(["flyingdonut"]),
    default="flyingdonut",
    show_default=True,
    help="Where from.",
)
@click.option(
    "--project",
    required=True,
    metavar="ID",
    envvar="AGILEKIT_FLYINGDONUT_PROJECT",
    show_envvar=True,
    help="The project's id, from its integration settings.",
)
@click.option(
    "--base-url",
    metavar="URL",
    envvar="AGILEKIT_FLYINGDONUT_BASE_URL",
    show_envvar=True,
    help="Everything before /projects, where it is not the service's own.",
)
@click.option(
    "--secret-file",
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help=f"A file that holds the secret, or - for standard input. Without it, the secret is taken "
    f"from the variable {_SECRET}.",
)
@click.option("--allow-http", is_flag=True, help="Let the base URL be plain HTTP, unprotected.")
@click.option(
    "--concurrency",
    type=int,
    metavar="N",
    default=16,
    show_default=True,
    help="How many requests may be in flight at once.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def export(
    to: Path,
    service: str,  # noqa: ARG001 - there is only one so far
    project: str,
    base_url: str | None,
    secret_file: TextIO | None,
    allow_http: bool,
    concurrency: int,
    quiet: bool,
) -> None:
    """Export everything in a project of Flying Donut, the only service that can be exported.

    A project is written whole or not at all. Exporting it again to the same place replaces what
    was there of it.

    The secret is never an argument, where others could read it: put it into the environment or
    into a file.
    """
    client = partial(
        FlyingDonut,
        project,
        secret=_secret(secret_file),
        allow_http=allow_http,
        concurrency=concurrency,
    )
    donut = client(base_url=base_url) if base_url else client()
    report = run(lambda: _export(donut, to, quiet=quiet))
    for failed in report.failed:
        click.echo(f"Error: {one_line(f'{failed.project_id}: {failed.error}')}", err=True)
    if not quiet:
        click.echo(str(report))
    if report.failed:
        sys.exit(1)


async def _export(donut: FlyingDonut, to: Path, *, quiet: bool) -> ExportReport:
    with exporting(quiet=quiet) as show:
        return await export_to([donut], to=to, on_progress=show)


def _secret(file: TextIO | None) -> str:
    if file is not None:
        return file.read().strip()
    secret = os.environ.get(_SECRET)
    if not secret:
        raise click.UsageError(f"no secret: set {_SECRET}, or pass --secret-file")
    return secret
