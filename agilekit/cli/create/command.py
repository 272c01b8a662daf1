"""The command: its options, the job, and its end."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Final, TextIO, TypeAlias

import click

from agilekit import AgilekitError, AnyReport, BulkInterrupted, BulkProgress, Options
from agilekit.bulk import BulkOptions, OnError
from agilekit.cli.choices import Choice
from agilekit.cli.clients import connection_of
from agilekit.cli.create.dry_run import Nobody, is_sound
from agilekit.cli.create.kinds import container_ids, create_drafts
from agilekit.cli.create.outcome import Tally
from agilekit.cli.create.progress import creating
from agilekit.cli.create.reading import Columns, Format, Input, opened
from agilekit.cli.create.text_form import delimiter_of, encoding_of
from agilekit.cli.running import run
from agilekit.cli.signals import Interrupted, interruptible, noted, told
from agilekit.cli.text import one_line
from agilekit.services import SERVICES
from agilekit.suggestions import did_you_mean

__all__ = ["create"]

_FORMATS: Final[Mapping[str, Format]] = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl"}
_JOURNAL: Final = ".agilekit-journal"
_KINDS: Final = tuple(dict.fromkeys(kind for one in SERVICES.values() for kind in one.kinds))
_SOME_FAILED: Final = 1
_SOME_UNKNOWN: Final = 3

_Job: TypeAlias = Callable[[Options, BulkOptions], Awaitable[AnyReport]]


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--to", required=True, metavar="NAME", help="A connection, or a service.")
@click.option(
    "--connections",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The file of connections.  [default: AGILEKIT_CONNECTIONS, or agilekit.toml]",
)
@click.option(
    "--into",
    metavar="ID",
    help="Where to create: the id of the container, or two with a slash between them.",
)
@click.option(
    "--kind",
    type=Choice(_KINDS),
    metavar="KIND",
    help="What to create. The first in the service's list above, unless you say otherwise.",
)
@click.option(
    "--format",
    type=Choice(["csv", "jsonl"]),
    help="How FILE is written, if its name does not end in .csv, .tsv or .jsonl.",
)
@click.option(
    "--delimiter",
    metavar="CHARACTER",
    help="What stands between the cells of CSV: a character, or tab.  [default: the comma, or the "
    "semicolon, tab or bar if only with it every column is a field]",
)
@click.option(
    "--encoding",
    metavar="NAME",
    help="The encoding of FILE, such as cp1252.  [default: that of its byte order mark, or UTF-8]",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="A column, or key, that is not named like its field. COLUMN= leaves it out. Repeatable.",
)
@click.option(
    "--dry-run", is_flag=True, help="Check every draft, show the first requests, send none."
)
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help=f"Where to keep what was sent and created.  [default: FILE{_JOURNAL}]",
)
@click.option("--no-journal", is_flag=True, help="Keep nothing: the job cannot be continued.")
@click.option(
    "--on-error",
    type=Choice(["stop", "collect"]),
    default="collect",
    show_default=True,
    help="At a draft that fails, stop, or go on and tell of all of them at the end.",
)
@click.option(
    "--failures",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every draft that failed to this file, as JSON Lines.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many requests may be in flight at once.  [default: that of the connection, or 16]",
)
@click.option(
    "--settle-after",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long a server may be at work on a request whose reply was lost.  "
    "[default: that of the connection, or 40]",
)
@click.option(
    "--mark",
    metavar="FIELD",
    help="A text field in which each draft is marked with the job and its place, so that nothing "
    "rests on texts.",
)
@click.option("--allow-http", is_flag=True, help="Let the base URL be plain HTTP, unprotected.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def create(
    file: str,
    to: str,
    connections: str | None,
    into: str | None,
    kind: str | None,
    format: Format | None,
    delimiter: str | None,
    encoding: str | None,
    mapping: Sequence[str],
    dry_run: bool,
    journal: str | None,
    no_journal: bool,
    on_error: OnError,
    failures: Path | None,
    concurrency: int | None,
    settle_after: float | None,
    mark: str | None,
    allow_http: bool,
    quiet: bool,
) -> None:
    """Create a card, task, story, … for each line of FILE, exactly once.

    FILE is CSV with a header, or JSON Lines, or - for standard input. Columns and keys are named
    like the fields of what is created. Empty cells are left out.

    After an interruption the same command continues: a journal beside FILE knows what was created.

    \b
    --to         --kind (--into)
    flyingdonut  cards (BUCKET), tasks (CARD)
    flow         tasks (PROJECT)
    easybacklog  stories (THEME), criteria (STORY), themes (BACKLOG),
                 sprints (BACKLOG), sprint-stories (SPRINT),
                 backlogs (ACCOUNT), companies (ACCOUNT)
    kanbantool   tasks (BOARD), subtasks (BOARD/TASK),
                 comments (BOARD/TASK), timers (no --into)

    NAME is that of a connection, or of a service, whose account and secret then come from its
    AGILEKIT_... variables.

    Ctrl-C stops: what is being sent has 3 s to end. A second one ends at once.

    Exit codes: 0 all were created, 1 some were not, 2 the command was wrong, 3 of some it is
    unknown; 130, 143, 129 SIGINT, SIGTERM or SIGHUP ended it.
    """
    connection = None if to in SERVICES else connection_of(to, connections)
    to = to if connection is None else connection.service
    service = SERVICES[to]
    what = kind or next(iter(service.kinds))
    if what not in service.kinds:
        raise click.UsageError(f"--to {to} takes --kind {', '.join(service.kinds)}, not {what}")
    container = container_ids(service, what, into)
    spec = service.kinds[what].spec
    columns = Columns(spec.fields, spec.required, _mapped(mapping, spec.fields))
    format = format or _format(file)
    encoding = None if encoding is None else encoding_of(encoding)
    delimiter = None if delimiter is None else _delimiter(delimiter, format)
    options: Options = {}
    if concurrency is not None:
        options["concurrency"] = concurrency
    if allow_http:
        options["allow_http"] = True
    bulk: BulkOptions = {"on_error": on_error, "settle_after": settle_after, "mark": mark}
    if not dry_run:
        bulk["journal"] = _journal(file, journal, no_journal=no_journal)
    _check_is_another(failures, file, bulk.get("journal"))
    with noted(), ExitStack() as stack:
        with interruptible():
            path = stack.enter_context(opened(file))
            name = "standard input" if file == "-" else file
            drafts = Input(
                path,
                name=name,
                format=format,
                columns=columns,
                encoding=encoding,
                delimiter=delimiter,
            )
            if drafts.found and not quiet:
                click.echo(one_line(f"Note: {drafts.found}"), err=True)
        written = None if failures is None else stack.enter_context(_written(failures))
        tally = Tally(drafts, written)

        async def job(options: Options, bulk: BulkOptions) -> AnyReport:
            return await create_drafts(
                service, what, container, drafts, options, bulk, connection=connection
            )

        if dry_run:
            _rehearse(job, options, tally, quiet=quiet)
        else:
            _do(job, options, bulk, what, tally, quiet=quiet)


def _do(
    job: _Job, options: Options, bulk: BulkOptions, what: str, tally: Tally, *, quiet: bool
) -> None:
    stop, last = Event(), BulkProgress()
    failure: BaseException | None = None
    with creating(what, len(tally.drafts), quiet=quiet) as show:

        def on_progress(progress: BulkProgress) -> None:
            nonlocal last
            last = progress
            show(progress)

        bulk["on_progress"], bulk["stop"] = on_progress, stop
        try:
            report: AnyReport | None = run(lambda: job(options, bulk), stop=stop.set)
        except BulkInterrupted as error:
            report, failure = error.report, error.__cause__
        except Interrupted:
            report = None
    if report is None or (stop.is_set() and report.stopped):
        _tell_interruption(bulk, what, last.created, len(tally.drafts))
        raise told()
    with interruptible():
        tally.tell(report)
        tally.tell_duplicates(report.possible_duplicates)
    if not quiet:
        tally.print_table(what)
    left = max(0, len(tally.drafts) - tally.counts.total())
    if isinstance(failure, AgilekitError):
        raise failure
    if failure is not None:
        raise click.ClickException(one_line(str(failure)))
    _advise(bulk, report, tally, left, quiet=quiet)
    if tally.counts["unknown"] or report.possible_duplicates or _is_unlooked(report):
        sys.exit(_SOME_UNKNOWN)
    if tally.failed or (report.stopped and left):
        sys.exit(_SOME_FAILED)


def _is_unlooked(report: AnyReport) -> bool:
    """Whether something was sent twice, and what came of that could not be looked at."""
    return report.reason is not None and not report.stopped


def _advise(bulk: BulkOptions, report: AnyReport, tally: Tally, left: int, *, quiet: bool) -> None:
    """What can be done about the drafts that were not created."""
    is_kept = bulk.get("journal") is not None
    if report.stopped and bulk.get("on_error") != "stop":
        why = one_line(f"Stopped: {report.reason}; {left} drafts were not tried.")
        click.echo(f"{why} The same command continues." if is_kept else why, err=True)
        return
    if _is_unlooked(report):
        why = one_line(f"Nothing tells whether anything is there twice: {report.reason}")
        click.echo(why, err=True)
    if quiet:
        return
    if report.stopped and left:
        click.echo(f"Stopped at an error; {left} drafts were not tried.")
    if tally.counts["refused"] and is_kept:
        click.echo("Mend what was refused and repeat the command: nothing is created twice.")
    if tally.counts["unknown"]:
        click.echo("Look for what is unknown before you create it again.")


def _tell_interruption(bulk: BulkOptions, what: str, created: int, total: int) -> None:
    done = f"Interrupted: {created:,} of {total:,} {what} were created."
    if bulk.get("journal") is None:
        done = f"{done} Without a journal the same command would begin again."
    else:
        done = f"{done} The same command continues: nothing is created twice."
    click.echo(f"\n{done}", err=True)


def _rehearse(job: _Job, options: Options, tally: Tally, *, quiet: bool) -> None:
    nobody = Nobody()
    options["transport"] = nobody.transport()
    options["concurrency"] = 1  # so that the first requests are those of the first drafts
    report = run(lambda: job(options, {}))
    if not quiet:
        for line in nobody.lines():
            click.echo(line)
    tally.tell(one for one in report if not is_sound(one))
    if not quiet:
        total = len(tally.drafts)
        click.echo(f"Nothing was sent. {total - tally.failed} of {total} drafts can be sent.")
    if tally.failed:
        sys.exit(_SOME_FAILED)


def _mapped(mapping: Sequence[str], fields: Sequence[str]) -> dict[str, str | None]:
    mapped: dict[str, str | None] = {}
    for one in mapping:
        column, is_there, field = one.rpartition("=")
        if not is_there:
            raise click.UsageError(f"--map takes COLUMN=FIELD, not {one}")
        if field and field not in fields:
            known = ", ".join(fields)
            meant = did_you_mean(field, fields)
            raise click.UsageError(f"--map {one}: no field {field}; the fields are {known}{meant}")
        mapped[column.strip()] = field or None
    return mapped


def _format(file: str) -> Format:
    found = _FORMATS.get(Path(file).suffix.lower())
    if found is None:
        raise click.UsageError(f"--format csv or jsonl is needed: {file} does not tell")
    return found


def _delimiter(given: str, format: Format) -> str:
    if format != "csv":
        raise click.UsageError(f"--delimiter is for CSV, not for {format}")
    return delimiter_of(given)


def _journal(file: str, given: str | None, *, no_journal: bool) -> str | None:
    if given is not None and no_journal:
        raise click.UsageError("--journal and --no-journal exclude each other")
    if given is not None or no_journal:
        return given
    if not Path(file).is_file():
        raise click.UsageError("a job whose input is no file needs --journal or --no-journal")
    return f"{file}{_JOURNAL}"


def _check_is_another(failures: Path | None, *others: object) -> None:
    """Raises UsageError where the failures would be written over what is needed."""
    needed = [Path(other).resolve() for other in others if isinstance(other, str)]
    if failures is not None and failures.resolve() in needed:
        raise click.UsageError(f"--failures would be written over {failures}")


def _written(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--failures {path}: {error.strerror}") from None
