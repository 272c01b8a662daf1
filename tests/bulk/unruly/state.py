"""What the server holds, and beside each item, which nobody sees, what it was made of."""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import define, frozen

from agilekit.wire.json import JSON

__all__ = ["BUCKETS", "PROJECT", "SPRINT", "Content", "Item", "Origin", "content_of"]

PROJECT: Final = "54744060c955ca8169c61ee6"
BUCKETS: Final = ("590e04cc276e03287520db7a", "590e04cc276e03287520db7b")
SPRINT: Final = "54744d10c955ca8169c61ef2"

Content: TypeAlias = tuple[str, str, float | None]
"""Title, summary and estimate."""


@frozen
class Origin:
    """Who sent what, in which request."""

    author: str
    request: int
    content: Content


@define
class Item:
    """A card, or a task of one."""

    id: str
    cid: int
    title: str
    summary: str
    estimate: float | None
    origin: Origin
    bucket: str | None = None
    sprint: str | None = None
    card: str | None = None
    """Of a task: the id of its card."""
    is_deleted: bool = False

    def form(self, order: int) -> JSON:
        """As the document shows it, except for keys that say nothing."""
        shown: dict[str, JSON] = {
            "_id": {"$oid": self.id},
            "cid": self.cid,
            "version": 1,
            "_order": order,
            "project": {"value": {"$oid": PROJECT}, "version": 0},
            "title": {"value": self.title, "version": 0},
            "summary": {"value": self._summary(), "version": 0},
            "estimate": {"value": self.estimate, "version": 0},
            "order": {"value": f"{self.cid:09}.0", "version": 0},
        }
        if self.card is not None:
            owner: JSON = {"value": {"$oid": self.card}, "version": 0}
            return {**shown, "owner": owner, "state": {"value": "todo", "version": 0}}
        return {
            **shown,
            "isStandaloneTP": False,
            "iteration": {"value": _oid(self.sprint), "version": 0},
            "state": {"value": _oid(self.bucket), "version": 0},
            "taskCounters": {"value": None, "version": 0},
        }

    def _summary(self) -> JSON:
        if not self.summary:
            return ""
        return {"markdown": self.summary, "html": f"<p>{self.summary}</p>\n"}


def _oid(id: str | None) -> JSON:
    return None if id is None else {"$oid": id}


def content_of(body: JSON) -> Content:
    """What a create says."""
    assert isinstance(body, dict)
    values = {name: one.get("value") for name, one in body.items() if isinstance(one, dict)}
    summary = values.get("summary")
    markdown = summary.get("markdown") if isinstance(summary, dict) else summary
    estimate = values.get("estimate")
    number = float(estimate) if isinstance(estimate, int | float | str) else None
    return (str(values["title"]), str(markdown or ""), number)
