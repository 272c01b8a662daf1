"""What a request is sent: each value is looked up and checked, and refused with 400 if it is bad.

Ids may be numbers or texts: a form has only texts, and the samples of JSON show both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast, get_args

from attrs import frozen

from agilekit.sandbox.flow.state import TaskStatus
from agilekit.sandbox.messages import Json, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.flow.state import Member
    from agilekit.sandbox.rewriting import Rewriting

T = TypeVar("T")

_ID: Final = re.compile("[0-9]{1,18}")
_ORDER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?([eE]-[0-9]{1,3})?")


def look_up(name: str, text: str, among: Mapping[int, T]) -> T:
    """The entity with an id that came as text. Raises :class:`Refusal` (400)."""
    found = among.get(int(text)) if _ID.fullmatch(text) else None
    if found is None:
        raise Refusal(400, f"{name} is unknown")
    return found


@frozen
class Params:
    """The parameters of a request; each method gives None for one that was left out."""

    given: Mapping[str, Json]
    rewriting: Rewriting

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def text(self, name: str) -> str | None:
        """A parameter as text; JSON may hold it as a number."""
        value = self.given.get(name, "")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Refusal(400, f"{name} must be a text or a number")
        return str(value) if name in self.given else None

    def required(self, name: str, among: Mapping[int, T]) -> T:
        found = self.optional(name, among)
        if found is None:
            raise Refusal(400, f"{name} is missing")
        return found

    def optional(self, name: str, among: Mapping[int, T]) -> T | None:
        text = self.text(name)
        return None if text is None else look_up(name, text, among)

    def task_text(self) -> str | None:
        """The text of a task as it is stored."""
        text = self.text("task_text")
        if text is not None and not text.strip():
            raise Refusal(400, "task_text must not be empty")
        return None if text is None else self.rewriting.stored(text)

    def task_status(self) -> TaskStatus | None:
        status = self.text("task_status")
        if status is not None and status not in get_args(TaskStatus):
            raise Refusal(400, "task_status must be empty, R, B, D or U")
        return cast("TaskStatus | None", status)

    def user_ids(self, members: Mapping[int, Member]) -> tuple[int, ...] | None:
        """Ids with commas between them, each once; an empty text assigns nobody."""
        text = self.text("user_ids")
        if text is None:
            return None
        ids = [one.strip() for one in text.split(",")] if text.strip() else []
        assigned = [look_up("user_ids", one, members) for one in ids]
        return tuple(dict.fromkeys(member.id for member in assigned))

    def prev_task_order(self) -> float | Literal["none"] | None:
        """The order of the task above; "none" is the top of the column."""
        text = self.text("prev_task_order")
        if text is None:
            return None
        if text == "none":
            return "none"
        if not _ORDER.fullmatch(text):
            raise Refusal(400, 'prev_task_order must be a number or "none"')
        return float(text)
