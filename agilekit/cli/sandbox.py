"""``agilekit sandbox``: the services as local fakes, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypedDict, TypeVar, Unpack

import anyio
import attrs
import click

from agilekit.cli.running import run
from agilekit.cli.welcome import welcome
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.kanbantool import KanbanTool

__all__ = ["sandbox"]

C = TypeVar("C", bound=Callable[..., Any])

FAULTS: Final = {
    # field of Faults: (placeholder, help)
    "latency": ("SECONDS", "Every request waits so long."),
    "rate_limited": ("P", "429 with Retry-After; nothing is changed."),
    "retry_after": ("SECONDS", "What that Retry-After asks for."),
    "bad_gateway": ("P", "502; nothing is changed."),
    "error_before": ("P", "500; nothing is changed."),
    "error_after": ("P", "500, although the change is made."),
    "drop_before": ("P", "The connection closes; nothing is changed."),
    "drop_after": ("P", "The connection closes after the change is made."),
    "cut_body": ("P", "The connection closes in the middle of the answer."),
    "garbage": ("P", "The change is made; the answer is not JSON."),
    "conflict_storm": ("P", "Flying Donut: another editor changes the card just before a PUT."),
}


class _Odds(TypedDict):
    latency: float
    rate_limited: float
    retry_after: float
    bad_gateway: float
    error_before: float
    error_after: float
    drop_before: float
    drop_after: float
    cut_body: float
    garbage: float
    conflict_storm: float


def _fault_options(command: C) -> C:
    """Adds an option for each fault."""
    defaults = {field.name: field.default for field in attrs.fields(Faults)}
    for name, (placeholder, text) in reversed(FAULTS.items()):
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=float,
            metavar=placeholder,
            default=defaults[name],
            show_default=name == "retry_after",
            help=text,
        )(command)
    return command


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
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8811,
    show_default=True,
    help="The port to listen at; 0 takes a free one.",
)
@click.option(
    "--seed",
    type=click.Choice(["empty", "demo"]),
    default="demo",
    show_default=True,
    help="Start with something to look at in each service, or with next to nothing.",
)
@click.option(
    "--conflict-status",
    type=int,
    metavar="STATUS",
    default=409,
    show_default=True,
    help="Flying Donut: the answer to an update of an old version, 200 or any 4xx.",
)
@click.option(
    "--conflict-scope",
    type=click.Choice(["whole", "attribute"]),
    default="whole",
    show_default=True,
    help="Flying Donut: whether one stale attribute fails the whole update.",
)
@click.option(
    "--normalise", is_flag=True, help="Flying Donut: strip stored titles and round estimates."
)
@click.option(
    "--kanbantool-envelopes",
    type=click.Choice(["2013", "2017"]),
    default="2017",
    show_default=True,
    help="Kanban Tool: whether JSON has each task in an object of its own, as in 2013.",
)
@click.option(
    "--kanbantool-shift-pages",
    is_flag=True,
    help="Kanban Tool: another client moves two tasks in or out of the archive before each page.",
)
@click.option(
    "--easybacklog-decimals-as-text",
    is_flag=True,
    help='easyBacklog: JSON has decimals as text, "3.0" instead of 3.0.',
)
@click.option(
    "--flow-xml-maps",
    type=click.Choice(["repeated", "id", "underscore", "numbered"]),
    default="repeated",
    show_default=True,
    help='flow: XML has <project>, <item id="16">, <_16> or <item16> for what is keyed by id 16.',
)
@_fault_options
@click.option(
    "--fault-seed", type=int, metavar="N", default=0, help="Draw another sequence of faults."
)
@click.option(
    "--fault-method",
    "methods",
    multiple=True,
    type=click.Choice(["GET", "POST", "PUT", "DELETE"]),
    help="Let faults meet this method alone. Repeatable.",
)
def sandbox(
    host: str,
    port: int,
    seed: Literal["empty", "demo"],
    conflict_status: int,
    conflict_scope: Literal["whole", "attribute"],
    normalise: bool,
    kanbantool_envelopes: Literal["2013", "2017"],
    kanbantool_shift_pages: bool,
    easybacklog_decimals_as_text: bool,
    flow_xml_maps: Literal["repeated", "id", "underscore", "numbered"],
    fault_seed: int,
    methods: tuple[str, ...],
    **odds: Unpack[_Odds],
) -> None:
    """Serve local fakes of the four services until Ctrl-C.

    They keep what you write for as long as they run. What a client needs to reach each of them is
    printed. Their secrets are fakes: they open nothing else.

    P is a probability from 0 to 1 for each request. Faults with a P exclude each other, all but
    --conflict-storm, and may sum to 1 at most.
    """
    try:
        server = Sandbox(
            seed,
            faults=Faults(**odds, seed=fault_seed, methods=frozenset(methods) or None),
            conflict_status=conflict_status,
            conflict_scope=conflict_scope,
            normalise=normalise,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    server.kanbantool.envelopes = kanbantool_envelopes
    server.easybacklog.decimals_as_text = easybacklog_decimals_as_text
    server.flow.xml_maps = flow_xml_maps
    if kanbantool_shift_pages:
        _shift_pages(server.kanbantool)
    try:
        run(lambda: _serve(server, host, port))
    except KeyboardInterrupt:
        click.echo("\nStopped.")
    except OSError as error:
        raise click.ClickException(f"cannot listen at {host}:{port}: {error.strerror}") from error


async def _serve(sandbox: Sandbox, host: str, port: int) -> None:
    async with sandbox.serve(host, port) as server:
        click.echo(welcome(sandbox, server.url))
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
