"""Modules that are loaded when something of them is first used.

A client loads what every call needs. What only some calls need, such as bulk creation, is written

    if TYPE_CHECKING:
        from agilekit.flow import specs
    else:
        specs = FirstUse("agilekit.flow.specs")

and used as `specs.TASKS`: type checkers see the module itself. What is loaded this late stands in
tests/test_public_names.py.
"""

from __future__ import annotations

from importlib import import_module

from agilekit.errors import AgilekitError

__all__ = ["FirstUse"]


class FirstUse:
    """Stands for a module. Asking it for a name raises AgilekitError if it cannot be loaded."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # as what copies or inspects this object asks for
            raise AttributeError(name)
        try:
            module = import_module(self._module)
        except (OSError, ImportError) as error:  # such as for too many open files
            raise AgilekitError(f"what the call needs cannot be loaded: {error}") from None
        found: object = getattr(module, name)
        return found
