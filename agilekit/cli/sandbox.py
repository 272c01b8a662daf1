"""``agilekit sandbox``: the services as local fakes, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypedDict, TypeVar, Unpack

import anyio
import attrs
import click

from agilekit.cli.running import run
from agilekit.sandbox import Faults, Sandbox

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
    "conflict_storm": ("P", "Another editor changes the card just before a PUT."),
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
    help="Start with sprints and cards to look at, or with one bucket.",
)
@click.option(
    "--conflict-status",
    type=int,
    metavar="STATUS",
    default=409,
    show_default=True,
    help="The answer to an update of an old version: 200 or any 4xx.",
)
@click.option(
    "--conflict-scope",
    type=click.Choice(["whole", "attribute"]),
    default="whole",
    show_default=True,
    help="Whether one stale attribute fails the whole update.",
)
@click.option("--normalise", is_flag=True, help="Strip stored titles and round estimates.")
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
    fault_seed: int,
    methods: tuple[str, ...],
    **odds: Unpack[_Odds],
) -> None:
    """Serve a local fake of Flying Donut until Ctrl-C.

    It keeps what you write for as long as it runs, and prints what a client needs to reach it. Its
    secret is a fake: it opens nothing else.

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
    try:
        run(lambda: _serve(server, host, port))
    except KeyboardInterrupt:
        click.echo("\nStopped.")
    except OSError as error:
        raise click.ClickException(f"cannot listen at {host}:{port}: {error.strerror}") from error


async def _serve(sandbox: Sandbox, host: str, port: int) -> None:
    async with sandbox.serve(host, port) as server:
        click.echo(_welcome(sandbox, server.url))
        await anyio.sleep_forever()


def _welcome(sandbox: Sandbox, url: str) -> str:
    donut = sandbox.flyingdonut
    base_url = f"{url}{donut.base_path}"
    settings = {
        "PROJECT": donut.project_id,
        "SECRET": donut.secret,
        "USERNAME": donut.username,
        "BASE_URL": base_url,
    }
    exports = " \\\n".join(
        f"  AGILEKIT_FLYINGDONUT_{name}={value}" for name, value in settings.items()
    )
    return f"""\
A fake Flying Donut is listening. Ctrl-C stops it.

  base URL   {base_url}
  project    {donut.project_id}
  secret     {donut.secret}  (opens this sandbox alone)
  username   {donut.username}

Look at the project:

curl -H 'Authorization: secret {donut.secret}' \\
  {base_url}/projects/{donut.project_id}

Let FlyingDonut.from_env() and `agilekit export` find it:

export \\
{exports}"""
