"""Files that a command writes besides its result, such as ``--failures``."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

__all__ = ["check_not_overwritten", "open_output"]


def check_not_overwritten(option: str, path: Path | None, *others: str | Path | None) -> None:
    """Raises UsageError if the option's file is one of the others."""
    for other in others:
        if path is not None and other is not None and path.resolve() == Path(other).resolve():
            raise click.UsageError(f"{option} would be written over {other}")


def open_output(option: str, path: Path) -> TextIO:
    """The option's file, to be written and closed. Raises UsageError if it cannot be opened."""
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{option} {path}: {error.strerror}") from None
