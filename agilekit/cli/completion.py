"""What a shell completes beside commands, options and their words: names that the user has chosen.

They are read from the file of connections that the command would read. Nothing is sent, and no
secret is looked up. What is wrong with the file is left to the command to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, TypeAlias, cast

import click
from click.shell_completion import CompletionItem

from agilekit.connections import load, load_targets
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES, Service

__all__ = [
    "connection_names",
    "connections_or_services",
    "kinds_of",
    "many_connection_names",
    "many_of",
    "targets_or_files",
]

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_OPTION: Final = ("file", "connections")
"""The arguments that ``--connections`` sets."""


def connection_names(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Those of the file, with their services, but for those that are there already."""
    given: object = ctx.params.get(param.name or "")
    used = cast("tuple[str, ...]", given) if isinstance(given, tuple) else ()
    return [
        CompletionItem(name, help=service)
        for name, service in _connections(ctx).items()
        if name.startswith(incomplete) and name not in used
    ]


def connections_or_services(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The same, and the services, each of which stands for its variables."""
    services = [
        CompletionItem(name, help=f"{service.title}, by its variables")
        for name, service in SERVICES.items()
        if name.startswith(incomplete)
    ]
    return connection_names(ctx, param, incomplete) + services


def many_connection_names(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Those of the file, with commas between them."""
    return many_of(_connections(ctx))(ctx, param, incomplete)


def many_of(words: Iterable[str]) -> Completer:
    """Words with commas between them, each of which may stand there once."""

    def complete(
        _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        used = {*before.split(",")}
        return [
            CompletionItem(f"{before}{comma}{word}")
            for word in words
            if word.startswith(last) and word not in used
        ]

    return complete


def targets_or_files(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The targets of the file; if there is none of this beginning, files and folders."""
    found = [CompletionItem(incomplete, type="file")]
    with suppress(InvalidInput):
        targets = load_targets(_file(ctx))
        found += [
            CompletionItem(one)
            for one in targets
            if one.startswith(incomplete) and one.isprintable()
        ]
    return found


def kinds_of(argument: str, known: Callable[[Service[Any]], Iterable[str]]) -> Completer:
    """What the service of an argument has kinds for, or any service if it is not given.

    argument: is a connection or a service. known: the kinds of a service.
    """

    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        given = str(ctx.params.get(argument))
        service = SERVICES.get(_connections(ctx).get(given, given))
        services = SERVICES.values() if service is None else [service]
        every = dict.fromkeys(kind for one in services for kind in known(one))
        return [CompletionItem(kind) for kind in every if kind.startswith(incomplete)]

    return complete


def _connections(ctx: click.Context) -> dict[str, str]:
    """The services of the connections, by name; a line has one of them."""
    with suppress(InvalidInput):
        found = load(_file(ctx)).items()
        return {name: one.service for name, one in found if name.isprintable()}
    return {}


def _file(ctx: click.Context) -> str | None:
    # A shell leaves the tilde of an unfinished line to whoever completes it.
    given = next((ctx.params[one] for one in _OPTION if ctx.params.get(one)), None)
    return None if given is None else os.path.expanduser(given)  # noqa: PTH111 - raises nothing
