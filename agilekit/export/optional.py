"""Libraries that come with an extra: they are imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from agilekit.errors import InvalidInput

__all__ = ["require"]


# Any, because a module that may be missing has no type.
def require(*modules: str, extra: str, by: str) -> Any:
    """The first of the modules that is installed.

    by: what needs it, for people.

    Raises InvalidInput if none of them is, with the extra to install.
    """
    for module in modules:
        try:
            return import_module(module)
        except ImportError:  # psycopg is there without the library that it stands on
            continue
    raise InvalidInput(f"{by} needs the extra {extra}: pip install 'agilekit[{extra}]'")
