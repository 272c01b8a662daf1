"""One authenticated request as a handler sees it: what its path names, and how it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast, get_args

from attrs import frozen

from agilekit.sandbox.flow.params import look_up
from agilekit.sandbox.flow.state import ItemType, Project, Task
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agilekit.sandbox.flow.board import Board
    from agilekit.sandbox.flow.params import Params
    from agilekit.sandbox.flow.renderer import Format, Renderer, Value

T = TypeVar("T")


@frozen(kw_only=True)
class Call:
    """A request with a valid key; ``ids`` are those in its path, ``params`` what it was sent."""

    board: Board
    key: str
    keys: list[str]
    add_key: Callable[[], str]
    ids: Mapping[str, str]
    params: Params
    renderer: Renderer
    format: Format

    def answer(self, root: str, value: Value) -> Response:
        return self.renderer.response(self.format, root, value)

    def project(self) -> Project:
        return self._find("project", self.board.projects)

    def task(self) -> Task:
        return self._find("task", self.board.tasks)

    def item(self) -> tuple[ItemType, int]:
        """The item whose history is asked for."""
        kind = self.ids["item_type"]
        if kind not in get_args(ItemType):
            raise Refusal(400, f"item_type must be one of {', '.join(get_args(ItemType))}")
        item_type = cast("ItemType", kind)
        items: Mapping[ItemType, Mapping[int, object]] = {
            "task": self.board.tasks,
            "task_type": self.board.task_types,
            "col": self.board.columns,
            "project": self.board.projects,
            "group": self.board.groups,
        }
        self._find("item", items[item_type])
        return item_type, int(self.ids["item_id"])

    def user_id(self) -> int:
        """Who makes the change; every write has to say so."""
        return self.params.required("user_id", self.board.members).id

    def _find(self, kind: str, entities: Mapping[int, T]) -> T:
        """What the path names; an id that is unknown there is a 404, in a parameter a 400."""
        try:
            return look_up(kind, self.ids[f"{kind}_id"], entities)
        except Refusal:
            raise Refusal(404, f"There is no such {kind}") from None
