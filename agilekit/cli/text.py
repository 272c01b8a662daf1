"""Text that came from elsewhere, on its way to a terminal."""

from __future__ import annotations

__all__ = ["one_line"]


def one_line(text: str) -> str:
    """The text on one line, without the control characters that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
