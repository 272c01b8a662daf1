"""The border of a target: whatever fails behind it leaves it as a `TargetError`."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from agilekit.errors import AgilekitError
from agilekit.export.damage import UNPACK_ERRORS
from agilekit.export.errors import TargetError

__all__ = ["target_errors"]

# Data of another shape than it was written in is damaged, too.
_BAD_DATA: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    *UNPACK_ERRORS,
)


@contextmanager
def target_errors(path: str, *, advice: str | None = None) -> Generator[None]:
    """Lets whatever fails leave as TargetError.

    advice: what to do about bad data, if it is there already.
    """
    try:
        yield
    except AgilekitError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise TargetError(_message(error), path) from error
    except _BAD_DATA as error:
        raise TargetError(_message(error), path, advice) from error
    except Exception as error:  # stores of fsspec raise what their libraries raise
        raise TargetError(f"{type(error).__name__}: {error}", path) from error


def _message(error: Exception) -> str:
    # What a KeyError says by itself is only the key.
    if isinstance(error, LookupError) or not str(error):
        return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return str(error)
