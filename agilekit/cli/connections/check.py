"""``agilekit connections check``: whether each connection of the file works."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

import click

from agilekit.cli.clients import connections_file, found
from agilekit.cli.completion import connection_names
from agilekit.cli.event_loop import run
from agilekit.cli.options import json_flag
from agilekit.cli.terminal import one_line, to_json
from agilekit.connections import Connection, load
from agilekit.errors import AgilekitError, Forbidden, NotFound, Unauthorized
from agilekit.session.workers import run_all

__all__ = ["check", "try_all"]

_Result: TypeAlias = tuple[Connection, str | AgilekitError]
"""A connection, and what it leads to or why it does not work."""

_CONCURRENCY: Final = 8
_DEADLINE: Final = 20.0  # seconds for one connection


@click.command(short_help="Try connections with one read.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=connection_names)
@connections_file
@json_flag
def check(names: Sequence[str], file: str | None, in_json: bool) -> None:
    """Try each connection with one read, or those that are named.

    Exit codes: 0 all work, 1 some do not, 2 the file or the command was wrong.
    """
    known = load(file)
    chosen = {name: found(name, known) for name in names or known}
    try_all(chosen, in_json=in_json)


def try_all(chosen: Mapping[str, Connection], *, in_json: bool = False) -> None:
    """Tries the connections and prints what each leads to. Exits with 1 if one does not work."""
    results = run(partial(_results, chosen))
    if in_json:
        click.echo(to_json([*map(_as_json, results)]))
    else:
        _print(results)
    if any(isinstance(result, AgilekitError) for _, result in results):
        sys.exit(1)


async def _results(chosen: Mapping[str, Connection]) -> list[_Result]:
    results: dict[str, str | AgilekitError] = {}

    async def attempt(one: Connection) -> None:
        try:
            results[one.name] = await one.check(deadline=_DEADLINE, retries=2)
        except AgilekitError as error:
            results[one.name] = error

    await run_all((partial(attempt, one) for one in chosen.values()), at_once=_CONCURRENCY)
    return [(one, results[name]) for name, one in chosen.items()]


def _print(results: Sequence[_Result]) -> None:
    width = max(len(one.name) for one, _ in results)
    for one, result in results:
        start = f"{one.name:<{width}}  {one.service:<11}  "
        if isinstance(result, AgilekitError):
            click.echo(f"{start}{click.style('failed', fg='red')}: {one_line(_reason(result))}")
        else:
            click.echo(f"{start}{click.style('works', fg='green')}: {one_line(result)}")


def _as_json(result: _Result) -> dict[str, object]:
    one, outcome = result
    about: dict[str, object] = {"name": one.name, "service": one.service}
    if isinstance(outcome, AgilekitError):
        error = f"{type(outcome).__name__}: {_reason(outcome)}"
        return {**about, "ok": False, "result": None, "error": error}
    return {**about, "ok": True, "result": outcome, "error": None}


def _reason(error: AgilekitError) -> str:
    hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), "")
    return f"{error}{hint}"


_HINTS: Final = (
    (Unauthorized, " (the secret is wrong)"),
    (Forbidden, " (the secret is wrong, or does not open this)"),
    (NotFound, " (nothing is there: look at the base URL and the ids)"),
    (ConnectionError, " (look at the base URL, and whether the server is up)"),
)
