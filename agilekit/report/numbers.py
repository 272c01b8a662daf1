"""Numbers in the sentences of a report."""

from __future__ import annotations

__all__ = ["counted", "known", "number"]


def counted(count: float | None, noun: str) -> str:
    """``1 past sprint``, ``2.5 points``, ``not known``. The plural of the noun ends in s."""
    if count is None:
        return known(count)
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def number(value: float | None) -> str:
    """As short as it can be said with two decimals; nothing for None."""
    return "" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def known(value: float | None) -> str:
    return "not known" if value is None else number(value)
