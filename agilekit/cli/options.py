"""Options that several commands have, and options whose values are named."""

from __future__ import annotations

from typing import Final

import click

from agilekit.suggestions import did_you_mean

__all__ = ["Choice", "Number", "WholeNumber", "json_flag", "quiet_flag"]

json_flag: Final = click.option("--json", "in_json", is_flag=True, help="Print the result as JSON.")
quiet_flag: Final = click.option("--quiet", is_flag=True, help="Print nothing but errors.")


class Choice(click.Choice[str]):
    """One of some words; for an unknown one, the message says which was probably meant."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        message = super().get_invalid_choice_message(value, ctx)
        return f"{message.removesuffix('.')}{did_you_mean(value, self.choices) or '.'}"


class WholeNumber(click.IntRange):
    """One between bounds; a message calls it so."""

    name = "whole number"


class Number(click.FloatRange):
    """One between bounds; a message calls it so."""

    name = "number"
