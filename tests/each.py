"""A matrix of small cases as one test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction, signature
from typing import Any, TypeVar, cast

from tests.ids import short

Test = TypeVar("Test", bound=Callable[..., object])
Ids = Callable[[Any], str] | Iterable[str]


def each(
    names: str | Sequence[str], cases: Iterable[Any], *, ids: Ids = short
) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, but in a single test; a case that fails is named in a note.

    For cases of a millisecond, as a test of its own takes five. They share what fixtures give.
    """
    parameters = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    given = [(case if len(parameters) > 1 else (case,)) for case in cases]
    shown = [", ".join(map(ids, values)) for values in given] if callable(ids) else [*ids]
    assert given, "no cases"
    rows = [
        (dict(zip(parameters, values, strict=True)), f"{', '.join(parameters)}: {label}")
        for values, label in zip(given, shown, strict=True)
    ]

    def decorate(test: Test) -> Test:
        if iscoroutinefunction(test):
            coroutine = cast("Callable[..., Awaitable[object]]", test)

            @wraps(test)
            async def run_all(**fixtures: Any) -> None:
                for values, label in rows:
                    with _named(label):
                        await coroutine(**values, **fixtures)

            wrapper: Callable[..., object] = run_all
        else:

            @wraps(test)
            def run_each(**fixtures: Any) -> None:
                for values, label in rows:
                    with _named(label):
                        test(**values, **fixtures)

            wrapper = run_each
        whole = signature(test)
        kept = [one for one in whole.parameters.values() if one.name not in parameters]
        wrapper.__signature__ = whole.replace(parameters=kept)  # type: ignore[attr-defined]
        return cast("Test", wrapper)

    return decorate


@contextmanager
def _named(label: str) -> Generator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(label)
        raise
