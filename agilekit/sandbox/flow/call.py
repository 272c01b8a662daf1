"""A request as a handler sees it: what it asks for, looked up and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar, cast, get_args

from attrs import frozen

from agilekit.sandbox.flow.state import ItemType, Project, Task, TaskStatus
from agilekit.sandbox.messages import Json, Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.flow.renderer import Renderer, Value
    from agilekit.sandbox.flow.service import Flow

Format: TypeAlias = Literal["json", "xml"]
T = TypeVar("T")

_ID: Final = re.compile("[0-9]{1,18}")
_ORDER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?([eE]-[0-9]{1,3})?")


def answer(
    renderer: Renderer, format: Format, root: str, value: Value, status: int = 200
) -> Response:
    """A value in the format asked for; ``root`` is the name of the root element of XML."""
    if format == "json":
        return Response.json(renderer.json(value), status)
    kind = ("content-type", "application/xml; charset=utf-8")
    return Response(status, renderer.xml(root, value), (kind,))


@frozen
class Call:
    """A request with a valid key."""

    service: Flow
    key: str
    ids: Mapping[str, str]
    parameters: Mapping[str, Json]
    format: Format

    def answer(self, root: str, value: Value) -> Response:
        return answer(self.service.renderer, self.format, root, value)

    def project(self) -> Project:
        return self._find("project", self.service.projects)

    def task(self) -> Task:
        return self._find("task", self.service.tasks)

    def item(self) -> tuple[ItemType, int]:
        """The item whose history is asked for."""
        kind = self.ids["item_type"]
        if kind not in get_args(ItemType):
            raise Refusal(400, f"item_type must be one of {', '.join(get_args(ItemType))}")
        item_type = cast("ItemType", kind)
        board = self.service
        items: Mapping[ItemType, Mapping[int, object]] = {
            "task": board.tasks,
            "task_type": board.task_types,
            "col": board.columns,
            "project": board.projects,
            "group": board.groups,
        }
        self._find("item", items[item_type])
        return item_type, int(self.ids["item_id"])

    def given(self, name: str) -> str | None:
        """A parameter as text, None where it was left out. JSON may hold it as a number."""
        value = self.parameters.get(name, "")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Refusal(400, f"{name} must be a text or a number")
        return str(value) if name in self.parameters else None

    def user_id(self) -> int:
        return self.required("user_id", self.service.members).id

    def required(self, name: str, among: Mapping[int, T]) -> T:
        found = self.optional(name, among)
        if found is None:
            raise Refusal(400, f"{name} is missing")
        return found

    def optional(self, name: str, among: Mapping[int, T]) -> T | None:
        text = self.given(name)
        return None if text is None else _known(name, text, among)

    def text(self) -> str | None:
        text = self.given("task_text")
        if text is not None and not text.strip():
            raise Refusal(400, "task_text must not be empty")
        return None if text is None else self.service.rewriting.stored(text)

    def status(self) -> TaskStatus | None:
        status = self.given("task_status")
        if status is not None and status not in get_args(TaskStatus):
            raise Refusal(400, "task_status must be empty, R, B, D or U")
        return cast("TaskStatus | None", status)

    def user_ids(self) -> tuple[int, ...] | None:
        text = self.given("user_ids")
        if text is None:
            return None
        ids = [one.strip() for one in text.split(",")] if text.strip() else []
        members = [_known("user_ids", one, self.service.members) for one in ids]
        return tuple(dict.fromkeys(member.id for member in members))

    def after(self) -> float | Literal["none"] | None:
        text = self.given("prev_task_order")
        if text is None:
            return None
        if text == "none":
            return "none"
        if not _ORDER.fullmatch(text):
            raise Refusal(400, 'prev_task_order must be a number or "none"')
        return float(text)

    def _find(self, kind: str, entities: Mapping[int, T]) -> T:
        try:
            return _known(kind, self.ids[f"{kind}_id"], entities)
        except Refusal:
            raise Refusal(404, f"There is no such {kind}") from None


def _known(name: str, text: str, among: Mapping[int, T]) -> T:
    found = among.get(int(text)) if _ID.fullmatch(text) else None
    if found is None:
        raise Refusal(400, f"{name} is unknown")
    return found
