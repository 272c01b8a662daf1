"""``agilekit report``: a page of charts, or a few lines of text."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from agilekit.cli.clients import clients_of, connections_file, done_of
from agilekit.cli.completion import connections_or_services
from agilekit.cli.event_loop import run
from agilekit.cli.export.progress import export_progress
from agilekit.cli.options import Choice
from agilekit.cli.terminal import one_line
from agilekit.export import Exportable, ExportError, ExportReport, export
from agilekit.export.target.project_file import name_of
from agilekit.report import Figures, Picture, draw, page, read, summary
from agilekit.report.numbers import counted

__all__ = ["report"]


@click.command
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--connection",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=connections_or_services,
    help="Read the figures from this connection now, instead of from an export. Repeatable.",
)
@connections_file
@click.option("--project", metavar="PROJECT", help="Only this one: its id or its title.")
@click.option(
    "--sprint",
    metavar="SPRINT",
    help="The sprint that it is about: its id, its title or its number, or last, or active.",
)
@click.option(
    "--work-begins",
    metavar="COLUMN",
    help="Cycle times count from the first entry into this column, or one beyond it: its id or its "
    "title.  [default: the second column]",
)
@click.option(
    "--to",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write the page and the charts.  [default: PATH without its ending, and -report]",
)
@click.option(
    "--format",
    "picture",
    type=Choice(["svg", "png"]),
    default="svg",
    show_default=True,
    help="The format of the charts as files; in the page they are SVG.",
)
@click.option("--text", is_flag=True, help="Print a summary for a chat message, write no file.")
def report(
    path: Path | None,
    names: Sequence[str],
    file: str | None,
    project: str | None,
    sprint: str | None,
    work_begins: str | None,
    to: Path | None,
    picture: Picture,
    text: bool,
) -> None:
    """Make a page of charts: burndown, velocity, cumulative flow, lead and
    cycle times.

    PATH is an export as SQLite, such as backup.sqlite. Without it, the figures are read now from
    all connections, or from those that are named. The page needs nothing beside it.
    """
    if path is not None and names:
        raise click.UsageError("either the PATH of an export, or --connection NAME")
    figures_of = partial(read, project=project, sprint=sprint, work_begins=work_begins)
    if path is not None:
        figures = figures_of(path)
    else:
        with _exported(clients_of(names, file), done_of(names, file)) as exported:
            figures = figures_of(exported)
    if text:
        for line in summary(figures).removesuffix("\n").split("\n"):
            click.echo(one_line(line))
        return
    folder = to or Path(f"{path.with_suffix('') if path else '-'.join(names) or 'now'}-report")
    try:
        written = _write(figures, folder, picture)
    except OSError as error:
        raise ExportError(error.strerror or str(error), str(folder)) from error
    projects = counted(len(figures.projects), "project")
    click.echo(one_line(f"{written}, and the charts of {projects} beside it"))


@contextmanager
def _exported(clients: dict[str, Exportable], done: dict[str, Sequence[str]]) -> Generator[Path]:
    """Exports what is there now, for as long as the export is needed."""

    async def job(to: Path) -> ExportReport:
        with export_progress(quiet=False) as show:
            return await export(clients, to=to, done=done, on_progress=show)

    with tempfile.TemporaryDirectory(prefix="agilekit-") as folder:
        to = Path(folder) / "now.sqlite"
        made = run(partial(job, to))
        for failed in made.failed:
            click.echo(f"Error: {one_line(f'{failed.connection}: {failed.error}')}", err=True)
        yield to


def _write(figures: Figures, folder: Path, picture: Picture) -> Path:
    whole = page(figures)
    folder.mkdir(parents=True, exist_ok=True)
    for project in figures.projects:
        for chart in draw(project):
            if not chart.is_empty:
                file = folder / f"{name_of(project.key)}-{chart.name}.{picture}"
                file.write_bytes(chart.picture(picture))
    home = folder / "report.html"
    home.write_text(whole, encoding="utf-8")
    return home
