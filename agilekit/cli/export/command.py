"""The command: its options, the export, and its end."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import cast, get_args

import click

from agilekit.cli.clients import clients_of, connections_file, connections_of, done_of, names_of
from agilekit.cli.completion import (
    connections_or_services,
    many_connection_names,
    many_of,
    targets_or_files,
)
from agilekit.cli.event_loop import run
from agilekit.cli.export.output import print_report, report_as_json, verify_export
from agilekit.cli.export.progress import export_progress
from agilekit.cli.options import Choice, WholeNumber, json_flag, quiet_flag
from agilekit.cli.signals import Interrupted, reported
from agilekit.cli.target import target_of
from agilekit.connections import Connection
from agilekit.dask import export_on
from agilekit.export import TABLES, Exportable, ExportReport, Format
from agilekit.export import export as export_to
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.target.open_target import Destination, open_target

__all__ = ["export"]


@click.command
@click.argument(
    "connection",
    nargs=-1,
    metavar="[CONNECTION]...",
    shell_complete=connections_or_services,
)
@click.option(
    "--to",
    metavar="PATH",
    shell_complete=targets_or_files,
    help="Where to: a file that ends in .sqlite or .db for SQLite, or in .duckdb for DuckDB; a "
    "folder, which holds Parquet if its name ends in .parquet, CSV for .csv, compressed JSON Lines "
    "for .zst, or JSON Lines for .jsonl or no ending; or a URL of any but DuckDB; or "
    "postgresql://USER@HOST/DATABASE?schema=NAME; or the name of a target in the file of "
    "connections.",
)
@click.option(
    "--format",
    type=Choice(get_args(Format)),
    help="The format, if PATH does not tell.",
)
@click.option(
    "--verify",
    metavar="PATH",
    shell_complete=targets_or_files,
    help="Export nothing: compare every row of the export at PATH with its manifest.",
)
@connections_file
@click.option(
    "--only",
    metavar="NAMES",
    shell_complete=many_connection_names,
    help="Export only these connections of the file: names or patterns with commas between them, "
    "such as work,team-*.",
)
@click.option(
    "--changed-only",
    is_flag=True,
    help="Leave projects as they are whose version proves that they did not change. flow and "
    "easyBacklog have none.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Begin anew, even if the run before was interrupted, and rely on nothing that was "
    "exported before.",
)
@click.option(
    "--concurrency",
    type=WholeNumber(min=1),
    metavar="N",
    default=32,
    show_default=True,
    help="How many requests may be in flight at once; with --workers or --dask, of each.",
)
@click.option(
    "--workers",
    type=WholeNumber(min=1),
    metavar="N",
    help="Share the connections out among so many processes. They need a file of connections; what "
    "has one credential stays in one process.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Share the connections out among the workers of a cluster of Dask, by the address of its "
    "scheduler, such as tcp://host:8786. They look the secrets up: they need the file of "
    "connections, and PATH, as they are here.",
)
@click.option(
    "--tables",
    metavar="NAMES",
    shell_complete=many_of(table.name for table in TABLES),
    help="Write only these tables, and the projects: names with commas between them, such as "
    "cards,people.",
)
@quiet_flag
@json_flag
def export(
    connection: Sequence[str],
    to: str | None,
    format: Format | None,
    verify: str | None,
    file: str | None,
    only: str | None,
    changed_only: bool,
    fresh: bool,
    concurrency: int,
    workers: int | None,
    dask: str | None,
    tables: str | None,
    quiet: bool,
    in_json: bool,
) -> None:
    """Export every project of the connections, or of all in the file of connections.

    A CONNECTION is a name from that file, or a service (flyingdonut, flow, easybacklog,
    kanbantool) whose AGILEKIT_... variables are set.

    Each project is written whole or not at all; one that fails stops no other. After an
    interruption the same command continues: what it has written is not read again within an
    hour, nor later if its service tells that it did not change.

    Exit codes: 0 all were exported, or verified; 1 some failed, or differ; 2 the command was wrong.
    """
    if verify is not None:
        if to is not None or connection:
            raise click.UsageError("--verify takes one PATH, and nothing else to export")
        if not verify_export(target_of(verify, file), format, quiet=quiet, in_json=in_json):
            sys.exit(1)
        return
    if to is None:
        raise click.UsageError("--to PATH is needed, or --verify PATH")
    if workers is not None and dask is not None:
        raise click.UsageError("--workers are of this machine, and --dask of a cluster: take one")
    names = None if tables is None else [name.strip() for name in tables.split(",")]
    target = target_of(to, file)
    open_target(target, format).close()  # what is wrong with it is said before anything is asked
    chosen_tables(names)
    if only is not None:
        if connection:
            raise click.UsageError("name CONNECTIONs, or say --only, but not both")
        connection = names_of(only, file)
    clients: Mapping[str, Exportable] | Mapping[str, Connection]
    if workers is None and dask is None:
        clients, done = clients_of(connection, file), done_of(connection, file)
    else:
        clients, done = connections_of(connection, file), None

    async def job() -> ExportReport:
        return await _export(
            clients,
            target,
            format,
            concurrency=concurrency,
            changed_only=changed_only,
            fresh=fresh,
            done=done,
            tables=names,
            workers=workers,
            dask=dask,
            quiet=quiet or in_json,
        )

    try:
        report = run(job)
    except Interrupted:
        click.echo("\nInterrupted. The same command continues: what is whole stays.", err=True)
        raise reported() from None
    if in_json:
        click.echo(report_as_json(report))
    print_report(report, quiet=quiet or in_json)
    if report.failed:
        sys.exit(1)


async def _export(
    clients: Mapping[str, Exportable] | Mapping[str, Connection],
    to: Destination,
    format: Format | None,
    *,
    concurrency: int,
    changed_only: bool,
    fresh: bool,
    done: Mapping[str, Sequence[str]] | None,
    tables: Sequence[str] | None,
    workers: int | None,
    dask: str | None,
    quiet: bool,
) -> ExportReport:
    exports: Callable[..., Awaitable[ExportReport]] = (
        partial(export_to, clients, workers=workers)
        if dask is None
        else partial(export_on, dask, cast("Mapping[str, Connection]", clients))
    )
    with export_progress(quiet=quiet) as show:
        return await exports(
            to=to,
            format=format,
            concurrency=concurrency,
            changed_only=changed_only,
            resume=not fresh,
            done=done,
            tables=tables,
            on_progress=show,
        )
