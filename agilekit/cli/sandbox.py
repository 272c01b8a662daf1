"""``agilekit sandbox``: the services as local fakes, until Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Final, Literal, Unpack

import anyio
import click

from agilekit.cli.error_messages import in_options
from agilekit.cli.event_loop import run
from agilekit.cli.options import Choice, WholeNumber
from agilekit.cli.sandbox_banner import banner
from agilekit.cli.sandbox_connections import connections_written
from agilekit.cli.sandbox_options import Odds, fault_options, service_options
from agilekit.cli.signals import Interrupted, reported
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.easybacklog import Race
from agilekit.sandbox.flyingdonut import RecordedForms
from agilekit.sandbox.flyingdonut.batches import Stored
from agilekit.sandbox.flyingdonut.locking import Answers, Conflicts, Normalisation, Scope
from agilekit.sandbox.flyingdonut.recorded import (
    CountersStatus,
    EntityVersion,
    Order,
    SprintCards,
)
from agilekit.sandbox.kanbantool import KanbanTool
from agilekit.sandbox.kanbantool.serializers import Keys, Positions
from agilekit.sandbox.renderer import Ruby
from agilekit.sandbox.rewriting import Way

__all__ = ["sandbox"]

_GATEWAY_STATUSES: Final[Mapping[str, Literal[502, 503, 504]]] = {
    "502": 502,
    "503": 503,
    "504": 504,
}


@click.command
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at.",
)
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    metavar="PORT",
    default=8811,
    show_default=True,
    help="The port to listen at; 0 takes a free one.",
)
@click.option(
    "--seed",
    type=Choice(["empty", "demo"]),
    default="demo",
    show_default=True,
    help="Start with something to look at in each service, or with next to nothing.",
)
@click.option(
    "--write-connections",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a new file of connections to the four services, and remove it at the end. "
    "agilekit.toml is found by commands in this folder.",
)
@service_options
@fault_options
def sandbox(
    host: str,
    port: int,
    seed: Literal["empty", "demo"],
    file: Path | None,
    conflict_status: int,
    conflict_scope: Scope,
    conflicts_show: Conflicts,
    answers_show: Answers,
    normalise: bool,
    normalise_by: tuple[Normalisation, ...],
    read_lag: float,
    version_steps: tuple[int, int],
    batches: Stored,
    largest_batch: int | None,
    sprint_cards: SprintCards,
    counters_status: CountersStatus,
    item_counters: bool,
    clear_state: bool,
    milestones: bool,
    order: Order,
    entity_version: EntityVersion,
    rewrite: tuple[Way, ...],
    cut_to: int,
    easybacklog_race: float,
    easybacklog_sixteen_bits: bool,
    easybacklog_ruby: Ruby,
    easybacklog_production: bool,
    easybacklog_keys: Literal["recorded", "documented"],
    kanbantool_keys: Keys | None,
    kanbantool_positions: Positions,
    kanbantool_siblings: bool,
    kanbantool_envelopes: Literal["2013", "2017"],
    kanbantool_shift_pages: bool,
    easybacklog_decimals_as_text: bool,
    flow_xml_maps: Literal["repeated", "id", "underscore", "numbered"],
    commit_after: tuple[float, float],
    commit_status: str | None,
    fault_seed: int,
    methods: tuple[str, ...],
    **odds: Unpack[Odds],
) -> None:
    """Serve local fakes of the four services until Ctrl-C.

    They keep what you write for as long as they run. What a client needs to reach each of them is
    printed. Their secrets are fakes: they open nothing else.

    P is a probability from 0 to 1 for each request. Faults with a P exclude each other, all but
    --conflict-storm, and may sum to 1 at most.
    """
    if file is not None and file.exists():
        raise click.UsageError(f"--write-connections {file}: this file is there already")
    try:
        server = Sandbox(
            seed,
            faults=Faults(
                **odds,
                commit_after=commit_after,
                commit_status=_GATEWAY_STATUSES[commit_status] if commit_status else None,
                seed=fault_seed,
                methods=frozenset(methods) or None,
            ),
            rewrite=rewrite,
            cut_to=cut_to,
            conflict_status=conflict_status,
            conflict_scope=conflict_scope,
            conflicts_show=conflicts_show,
            answers_show=answers_show,
            normalise={*normalise_by, *(("strip", "round") if normalise else ())},
            read_lag=read_lag,
            version_steps=version_steps,
            version_seed=fault_seed,
            batches=batches,
            largest_batch=largest_batch,
            recorded=RecordedForms(
                sprint_cards=sprint_cards,
                counters_status=counters_status,
                item_counters=item_counters,
                clear_state=clear_state,
                milestones=milestones,
                order=order,
                entity_version=entity_version,
            ),
        )
        server.easybacklog.race = Race(odds=easybacklog_race, seed=fault_seed)
    except ValueError as error:
        command = click.get_current_context().command
        raise click.UsageError(in_options(str(error), command)) from error
    server.easybacklog.sixteen_bits = easybacklog_sixteen_bits
    server.easybacklog.ruby = easybacklog_ruby
    server.easybacklog.strict = not easybacklog_production
    server.easybacklog.keys = easybacklog_keys
    server.kanbantool.keys = kanbantool_keys
    server.kanbantool.positions = kanbantool_positions
    server.kanbantool.siblings = kanbantool_siblings
    server.kanbantool.envelopes = kanbantool_envelopes
    server.easybacklog.decimals_as_text = easybacklog_decimals_as_text
    server.flow.xml_maps = flow_xml_maps
    if kanbantool_shift_pages:
        _shift_pages(server.kanbantool)
    try:
        run(lambda: _serve(server, host, port, file))
    except Interrupted as interrupted:
        click.echo("\nStopped.")
        if interrupted.number != signal.SIGINT:
            raise reported() from None
    except OSError as error:
        raise click.ClickException(f"cannot listen at {host}:{port}: {error.strerror}") from error


async def _serve(sandbox: Sandbox, host: str, port: int, file: Path | None) -> None:
    async with sandbox.serve(host, port) as server:
        named = connections_written(file, sandbox, server.url) if file else nullcontext()
        with named:
            click.echo(banner(sandbox, server.url, file))
            await anyio.sleep_forever()


def _shift_pages(kanban: KanbanTool) -> None:
    """Lets the other client of the fake move all archived tasks, and as many others."""
    tasks = [task for board in kanban.boards.values() for task in board.tasks.values()]
    archived = [task.id for task in tasks if task.archived_at]
    others = [task.id for task in tasks if not task.archived_at]
    if not archived:
        raise click.UsageError("--kanbantool-shift-pages needs the tasks of --seed demo")
    for pair in zip(archived, others, strict=False):
        kanban.churn.extend(pair)
    kanban.shift_pages = True
