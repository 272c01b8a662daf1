"""A kit of checks that every target has to pass.

::

    from functools import partial
    from agilekit.export.testing import conforms

    def my_target(folder, name):
        return MyTarget(f"my://{folder}/{name}")

    def test_my_target_does_what_every_target_has_to(tmp_path):
        conforms(partial(my_target, tmp_path))

Every check writes projects that are made for it, through the target alone, and reads them back. It
needs no service and no framework for tests; with one, each of `CHECKS` may be a test of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from agilekit.export.testing import concurrent, failures, kept, runs
from agilekit.export.testing.destination import Destination, MakeTarget, NotConforming

__all__ = ["CHECKS", "MakeTarget", "NotConforming", "conforms"]

_FUNCTIONS: Final[tuple[Callable[[Destination], None], ...]] = (
    *kept.CHECKS,
    *runs.CHECKS,
    *concurrent.CHECKS,
    *failures.CHECKS,
)


def _in_its_own_destination(check: Callable[[Destination], None], make_target: MakeTarget) -> None:
    try:
        check(Destination(make_target, check.__name__))
    except NotConforming:
        raise
    except Exception as error:
        raise NotConforming(f"{type(error).__name__}: {error}") from error


CHECKS: Final[Mapping[str, Callable[[MakeTarget], None]]] = {
    check.__name__: partial(_in_its_own_destination, check) for check in _FUNCTIONS
}
"""The checks by their names, which are sentences. Each raises NotConforming."""


def conforms(make_target: MakeTarget) -> None:
    """Raises NotConforming, with everything in which a target does not conform.

    make_target: gives a new object for the destination of a name. Each name is a destination of its
        own, empty at first, and the same one in whatever process and thread. It is called in other
        processes, too, so it is a function of a module, or a `functools.partial` of one.
    """
    failed: list[str] = []
    for name, check in CHECKS.items():
        try:
            check(make_target)
        except NotConforming as error:
            failed.append(f"{name}: {error}")
    if failed:
        raise NotConforming("\n".join(failed))
