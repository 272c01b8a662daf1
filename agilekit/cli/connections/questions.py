"""What makes a new connection: said by options, or else asked for on a terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Container, Mapping
from functools import cached_property
from typing import Final, TypedDict, cast, get_args

import click
from attrs import define

from agilekit.checks import check_id
from agilekit.connections.secrets import Source
from agilekit.connections.table import MEANINGS, ConnectionTable
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES
from agilekit.suggestions import did_you_mean

__all__ = ["SETTINGS_HELP", "Answers", "GivenSettings", "can_ask"]


class GivenSettings(TypedDict):
    """Those of all services that are no secrets, by the options' names."""

    project: str | None
    username: str | None
    board: str | None
    user_id: str | None
    account: str | None
    base_url: str | None


def _by_option() -> dict[str, str]:
    """What each of these settings is, service by service."""
    found: dict[str, list[str]] = {name: [] for name in GivenSettings.__annotations__}
    for service, meanings in MEANINGS.items():
        for name in found.keys() & meanings.keys():
            found[name].append(f"{SERVICES[service].title}: {meanings[name]}.")
    found["base_url"].append("Of the others, if it is not the usual one.")
    return {name: " ".join(texts) for name, texts in found.items()}


SETTINGS_HELP: Final = _by_option()
"""The help of each option."""

_NAME: Final = re.compile(r"[\w-]+")
_USUAL_NAME: Final = "work"
_SOURCES: Final[Mapping[str, Source]] = {
    **{source: source for source in get_args(Source) if source != "plain"},
    "here": "plain",
}
_REFERENCES: Final = {
    "env": "The name of the variable",
    "file": "The path of the file",
    "keyring": "The entry, as SERVICE/USER",
}
_FORMS: Final = {"env": "env:NAME", "file": "file:PATH", "keyring": "keyring:SERVICE/USER"}


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@define(slots=False)
class Answers:
    """What each option says, or else the answer to a question, which is asked once.

    Each raises UsageError for what nobody can be asked for, or for what cannot be right.
    """

    _service: str | None
    _name: str | None
    _settings: GivenSettings
    _secret_in: str | None
    _allow_http: bool
    _taken: Container[str]
    """The names of connections that the file has."""

    def table(self) -> ConnectionTable:
        """The connection, asked for in this order."""
        service, settings, secret = self.service, self.settings, self.secret
        source, reference = self.secret_source
        return ConnectionTable(self.name, service, settings, secret, source, reference)

    @cached_property
    def service(self) -> str:
        """The name of the service."""
        if self._service is not None:
            return self._service
        _refuse_to_ask("--service", f"one of {', '.join(SERVICES)}")
        return str(click.prompt("Which service", type=click.Choice([*SERVICES])))

    @cached_property
    def settings(self) -> dict[str, str | int | bool]:
        """Its settings that are no secret."""
        options = cast("Mapping[str, str | None]", self._settings)
        given: dict[str, str | int] = {key: value for key, value in options.items() if value}
        takes = SERVICES[self.service].settings
        known = ("base_url", *takes.required, *takes.optional)
        for key in given.keys() - {*known}:
            raise click.UsageError(f"{_flag(key)} is not for {self.service}")
        for key, meaning in MEANINGS[self.service].items():
            if key in takes.secrets or key in given:
                continue
            if key in takes.required or (key == takes.first and "base_url" not in given):
                _refuse_to_ask(_flag(key), meaning)
                given[key] = click.prompt(f"{key}, {meaning}", value_proc=_checked(key))
            elif key != takes.first and can_ask():
                given[key] = click.prompt(
                    f"{key}, {meaning}, or nothing",
                    default="",
                    show_default=False,
                    value_proc=_checked(key),
                )
        found: dict[str, str | int | bool] = {
            key: _checked(key)(value) for key, value in given.items() if value
        }
        return found | ({"allow_http": True} if self._allow_http else {})

    @cached_property
    def secret(self) -> str:
        """What its secret is called: one that belongs to a user is the last."""
        secrets = SERVICES[self.service].settings.secrets
        return secrets[-1] if "user_id" in self.settings else secrets[0]

    @cached_property
    def secret_source(self) -> tuple[Source, str]:
        """Where the secret is, and what names it there; or the secret, if it goes into the file."""
        variable = SERVICES[self.service].settings.variable(self.secret)
        if self._secret_in is not None:
            word, colon, reference = self._secret_in.partition(":")
        elif can_ask():
            meaning = MEANINGS[self.service][self.secret]
            word = click.prompt(
                f"Where is the {self.secret}, {meaning}",
                type=click.Choice([*_SOURCES]),
                default="env",
            )
            colon, reference = "", ""
        else:
            word, colon, reference = "env", ":", variable
        if word not in _SOURCES or (word == "here" and colon):
            meant = did_you_mean(word, _SOURCES)
            raise click.UsageError(f"--secret-in takes {', '.join(_FORMS.values())} or here{meant}")
        reference = reference or self._reference(word, variable)
        if word == "keyring" and "/" not in reference:
            raise click.UsageError(f"--secret-in takes {_FORMS[word]}, with a slash")
        return _SOURCES[word], reference

    def _reference(self, word: str, variable: str) -> str:
        if word == "here":
            if can_ask():
                return str(click.prompt(f"The {self.secret} itself", hide_input=True))
            if given := sys.stdin.readline().strip():
                return given
            raise click.UsageError("--secret-in here: standard input holds no secret")
        if not can_ask():
            raise click.UsageError(f"--secret-in {word} needs what names it there: {_FORMS[word]}")
        default = variable if word == "env" else None
        return str(click.prompt(_REFERENCES[word], default=default))

    @cached_property
    def name(self) -> str:
        """What to call the connection."""
        if self._name is not None or not can_ask():
            return self._checked_name(self._name or _USUAL_NAME)
        default = None if _USUAL_NAME in self._taken else _USUAL_NAME
        asked = "A name for the connection"
        return str(click.prompt(asked, default=default, value_proc=self._checked_name))

    def _checked_name(self, name: str) -> str:
        if name in self._taken:
            raise click.UsageError(f"--name {name} is taken: give the connection another name")
        if name in SERVICES:
            raise click.UsageError(f"--name {name} is not possible: it is the name of a service")
        if not _NAME.fullmatch(name):
            rule = "letters, digits, - and _ only"
            raise click.UsageError(f"--name {name!r:.60} is not possible: {rule}")
        return name


def _refuse_to_ask(option: str, what: str) -> None:
    if not can_ask():
        raise click.UsageError(f"{option} is needed: {what}")


def _flag(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def _checked(setting: str) -> Callable[[str | int], str | int]:
    """Reads what is given for a setting. It raises UsageError."""

    def check(given: str | int) -> str | int:
        if setting != "user_id" or given == "":
            return given
        try:
            return check_id(_flag(setting), given)
        except InvalidInput as error:
            raise click.UsageError(str(error)) from None

    return check
