"""The command: its options, what they mean together, and the job that they describe.

`arguments` reads single options, `drafts_file` the file; `job` runs the job, `dry_run` only shows
what it would send; `output` prints what became of the drafts.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click

from agilekit import AnyReport, Options
from agilekit.bulk import BulkOptions, OnError
from agilekit.cli.clients import connection_of, connections_option
from agilekit.cli.completion import connections_or_services, kinds_of
from agilekit.cli.create.arguments import (
    JOURNAL_SUFFIX,
    delimiter_for,
    format_of,
    journal_path,
    parse_mapping,
)
from agilekit.cli.create.columns import Columns
from agilekit.cli.create.container import given_container, looked_up
from agilekit.cli.create.drafts_file import DraftsFile, Format, readable_twice
from agilekit.cli.create.dry_run import show_requests
from agilekit.cli.create.job import run_job
from agilekit.cli.create.kinds import create_drafts, new_client
from agilekit.cli.create.output import Tally
from agilekit.cli.create.text_format import encoding_of
from agilekit.cli.lookup import number_explained
from agilekit.cli.options import Choice, Number, WholeNumber, quiet_flag
from agilekit.cli.output_file import check_not_overwritten, open_output
from agilekit.cli.signals import deferred, interruptible
from agilekit.cli.terminal import one_line
from agilekit.services import SERVICES

__all__ = ["create"]

_KINDS: Final = tuple(dict.fromkeys(kind for one in SERVICES.values() for kind in one.kinds))


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--to",
    required=True,
    metavar="NAME",
    shell_complete=connections_or_services,
    help="A connection, or a service.",
)
@connections_option("connections")
@click.option(
    "--into",
    metavar="CONTAINER",
    help="Where to create: the id of the container, its name, or a path such as Acme/Shop/Login.",
)
@click.option(
    "--kind",
    type=Choice(_KINDS),
    metavar="KIND",
    shell_complete=kinds_of("to", lambda service: service.kinds),
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
    help=f"Where to keep what was sent and created.  [default: FILE{JOURNAL_SUFFIX}]",
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
    type=WholeNumber(min=1),
    metavar="N",
    help="How many requests may be in flight at once.  [default: that of the connection, or 16]",
)
@click.option(
    "--settle-after",
    type=Number(min=0, min_open=True),
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
@quiet_flag
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
    easybacklog  stories (THEME), criteria (STORY),
                 themes (BACKLOG), sprints (BACKLOG),
                 sprint-stories (SPRINT), backlogs (ACCOUNT),
                 companies (ACCOUNT)
    kanbantool   tasks (BOARD), subtasks (BOARD/TASK),
                 comments (BOARD/TASK), timers (no --into)

    NAME is that of a connection, or of a service, whose account and secret then come from its
    AGILEKIT_... variables.

    --into takes ids, names, or a path of both, such as BACKLOG/THEME; a card, task or story by its
    name needs its container before it. A number is an id, also if something is called so: that
    name stands in double quotes. What a name leads to is looked up, with --dry-run too;
    `agilekit list` shows what there is.

    Ctrl-C stops: what is being sent has 3 s to end. A second one ends at once.

    Exit codes: 0 all were created, 1 some were not, 2 the command was wrong, 3 of some it is
    unknown; 130, 143, 129 SIGINT, SIGTERM or SIGHUP ended it.
    """
    connection = None if to in SERVICES else connection_of(to, connections)
    to = to if connection is None else connection.service
    service = SERVICES[to]
    kind = kind or next(iter(service.kinds))
    if kind not in service.kinds:
        raise click.UsageError(f"--to {to} takes --kind {', '.join(service.kinds)}, not {kind}")
    container = given_container(service, kind, into)
    spec = service.kinds[kind].spec
    columns = Columns(spec.fields, spec.required, parse_mapping(mapping, spec.fields))
    format = format or format_of(file)
    encoding = None if encoding is None else encoding_of(encoding)
    delimiter = None if delimiter is None else delimiter_for(format, delimiter)
    options: Options = {}
    if concurrency is not None:
        options["concurrency"] = concurrency
    if allow_http:
        options["allow_http"] = True
    bulk: BulkOptions = {"on_error": on_error, "settle_after": settle_after, "mark": mark}
    kept = None
    # What only rehearses a job reads its journal, too: that may say where a name leads.
    if not dry_run or journal is not None or Path(file).is_file():
        kept = journal_path(file, journal, no_journal=no_journal)
        check_not_overwritten("--failures", failures, kept)
    if not dry_run:
        bulk["journal"] = kept
    check_not_overwritten("--failures", failures, file)
    # From here on a signal must not end the process between two writes of a file.
    with deferred(), ExitStack() as stack:
        with interruptible():
            drafts = DraftsFile(
                stack.enter_context(readable_twice(file)),
                name="standard input" if file == "-" else file,
                format=format,
                columns=columns,
                encoding=encoding,
                delimiter=delimiter,
            )
            if drafts.note and not quiet:
                click.echo(one_line(f"Note: {drafts.note}"), err=True)
        found = container or looked_up(
            service, kind, into or "", new_client(service, connection, options), kept
        )
        if found.shown and not quiet:
            click.echo(one_line(f"Note: --into {into} is {found.shown}"), err=True)
        failed = (
            None if failures is None else stack.enter_context(open_output("--failures", failures))
        )
        tally = Tally(drafts, failed)

        async def job(options: Options, bulk: BulkOptions) -> AnyReport:
            client = new_client(service, connection, options)
            return await create_drafts(service, kind, client, found, drafts, bulk)

        if dry_run:
            show_requests(job, options, tally, found, quiet=quiet)
        else:
            with number_explained(into, "--into"):
                run_job(job, options, bulk, kind, tally, quiet=quiet)
