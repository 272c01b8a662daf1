"""The call `export`: in this process, or by several processes of this machine.

Generated from `agilekit.export.exporter` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Unpack

from agilekit.blocking.clients import AnyClient, async_clients
from agilekit.blocking.portal import run
from agilekit.connections import Connection
from agilekit.export.exporter import export as async_export
from agilekit.export.report import ExportReport, Progress
from agilekit.export.run_options import ExportOptions
from agilekit.export.target.open_target import Destination, Format

__all__ = ["export"]


def export(
    clients: Sequence[AnyClient] | Mapping[str, AnyClient | Connection],
    to: Destination,
    *,
    format: Format | None = None,
    workers: int | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    **options: Unpack[ExportOptions],
) -> ExportReport:
    """Writes everything that all projects of the clients hold to one file or folder.

    clients: a list, or by the names under which progress and report speak of them; or connections
        by their names, as `agilekit.connections.load` gives them. One that is not open is opened
        meanwhile. Every project that a client leads to is exported.
    to: a file that ends in ``.sqlite``, ``.sqlite3`` or ``.db``, or in ``.duckdb`` for DuckDB; or
        else a folder: of Parquet if its name ends in ``.parquet``, of CSV for ``.csv``, of
        compressed JSON Lines for ``.zst``, and of JSON Lines for ``.jsonl`` or no ending; or the
        URL of any but DuckDB; or ``postgresql://…`` for PostgreSQL, or a URL whose scheme a package
        has a target for; or a target that `agilekit.connections.load_targets` gives. Another ending
        is refused, unless `format` is given or an export is there already. It is made if it is not
        there; what is there of a project is replaced.
    format: ``"sqlite"``, ``"jsonl"``, ``"jsonl.zst"``, ``"parquet"``, ``"csv"`` or ``"duckdb"``, if
        `to` does not tell.
    workers: how many processes of this machine do it, each with a `concurrency` of its own. They
        need connections from a file: no client can be handed to another process. What has one
        credential at one host stays in one of them, since it has one rate. One that dies is
        replaced, and what it was at is done again.
    on_progress: is told how far each project is.

    The other keywords are `ExportOptions`.

    Each project is written whole or not at all, and the failure of one stops no other: the report
    has the error of each project that failed, and the manifest has it, too. Other processes may
    export other projects to the same file or folder meanwhile (to a SQLite file at a URL, one at a
    time).

    Raises InvalidInput for arguments that cannot be right, ExportError if the file or folder cannot
    be written to: then what is whole stays, and the same call continues.
    """
    return run(
        async_export,
        async_clients(clients),
        to,
        format=format,
        workers=workers,
        on_progress=on_progress,
        **options,
    )
