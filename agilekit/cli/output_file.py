"""Files that a command writes besides its result, such as ``--failures``."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

__all__ = ["check_not_overwritten", "open_output", "written"]


def check_not_overwritten(option: str, path: Path | None, *others: str | Path | None) -> None:
    """Raises UsageError if the option's file is one of the others."""
    for other in others:
        if path is not None and other is not None and path.resolve() == Path(other).resolve():
            raise click.UsageError(f"{option} would be written over {other}")


@contextmanager
def open_output(option: str, path: Path) -> Generator[TextIO]:
    """The option's file, to be written. Raises UsageError if it cannot be opened or closed."""
    with _told(option, path):
        file = path.open("w", encoding="utf-8")
    try:
        yield file
    finally:
        with _told(option, path):  # what is left is written now, and a disk may be full
            file.close()


@contextmanager
def written(option: str, path: Path) -> Generator[TextIO]:
    """The same, of a file to which nothing else is done inside than to write it."""
    with _told(option, path), open_output(option, path) as file:
        yield file


@contextmanager
def _told(option: str, path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"{option} {path}: {error.strerror}") from None
