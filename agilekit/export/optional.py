"""Libraries that only some exports need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from agilekit.errors import InvalidInput

__all__ = ["needed"]


# A module without types has none to give.
def needed(*modules: str, extra: str, by: str) -> Any:
    """The first of the modules that is there. Raises InvalidInput, with the extra to install."""
    for module in modules:
        try:
            return import_module(module)
        except ModuleNotFoundError:
            continue
    raise InvalidInput(f"{by} needs the extra {extra}: pip install 'agilekit[{extra}]'")
