"""Raises KeyboardInterrupt at a chosen step of the blocking face, wherever Python may raise it."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, TypeVar

from agilekit import blocking

__all__ = ["found_in_spite_of", "interrupted_at"]

T = TypeVar("T")

_FOLDER: Final = str(Path(blocking.__file__).parent)
_LEAVES: Final = frozenset({"WrappedClient.__exit__", "Pages.__exit__", "Portal.__exit__"})
"""Interrupted as they begin, these have not run: nobody can help it."""
_DELETES: Final = "Portal.__del__"
"""What is raised in it, Python prints and forgets."""


def interrupted_at(step: int, function: Callable[[], object]) -> str | None:
    """Calls a function, and raises at that step of it. Says where; None if it has fewer.

    A step is where Python looks for signals: where a function begins, and behind a call.
    """
    left, where = step, None
    called = set[FrameType]()  # functions of Python, behind whose call no signal is looked for

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left, where
        if event == "call" and frame.f_back is not None:
            called.add(frame.f_back)
        if _deletes(frame):
            return None
        if not frame.f_code.co_filename.startswith(_FOLDER):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "call":
            is_step = frame.f_code.co_qualname not in _LEAVES
        else:
            is_step = frame.f_lasti in _behind_calls(frame.f_code) and frame not in called
            called.discard(frame)
        if is_step and where is None:
            left -= 1
            if left < 0:
                where = f"{frame.f_code.co_qualname}, line {frame.f_lineno}"
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
        called.clear()  # a frame that refers to itself would not end before it is collected
    return where


def found_in_spite_of(step: int, items: Iterator[T]) -> tuple[list[T], str | None]:
    """What is iterated before an interruption and after it, and where that was."""
    found: list[T] = []

    def read_on() -> None:
        for item in items:
            found.append(item)  # noqa: PERF402 - what was found stays

    where = interrupted_at(step, read_on)
    read_on()
    return found, where


def _deletes(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_qualname == _DELETES:
            return True
        frame = frame.f_back
    return False


@cache
def _behind_calls(code: CodeType) -> frozenset[int]:
    steps = list(dis.get_instructions(code))
    return frozenset(
        after.offset
        for step, after in pairwise(steps)
        if step.opname.startswith(("CALL", "JUMP_BACKWARD")) and step.opname != "CALL_INTRINSIC_1"
    )
