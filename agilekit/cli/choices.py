"""An option of which the values are named."""

from __future__ import annotations

import click

from agilekit.suggestions import did_you_mean

__all__ = ["Choice"]


class Choice(click.Choice[str]):
    """Says, of a value that is none of them, which was probably meant."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        told = super().get_invalid_choice_message(value, ctx)
        return f"{told.removesuffix('.')}{did_you_mean(value, self.choices) or '.'}"
