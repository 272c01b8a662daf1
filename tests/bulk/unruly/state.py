"""What the server holds, and beside each item, which nobody sees, what it was made of."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import define, frozen

from agilekit.wire.json import JSON

__all__ = ["BUCKETS", "PROJECT", "SPRINT", "Content", "Item", "Origin", "Versions", "content_of"]

PROJECT: Final = "54744060c955ca8169c61ee6"
BUCKETS: Final = ("590e04cc276e03287520db7a", "590e04cc276e03287520db7b")
SPRINT: Final = "54744d10c955ca8169c61ef2"

Content: TypeAlias = tuple[str, str, float | None]
"""Title, summary and estimate."""
Versions: TypeAlias = Literal["from 0", "from 1", "absent"]
"""Of what is new."""


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
    is_traceless: bool = False
    """Whether it was deleted without a gap in the numbers, or while the job ran."""
    renamed: int = 0
    """How often."""
    moved: int = 0

    def rename(self, title: str) -> None:
        self.title, self.renamed = title, self.renamed + 1

    def move(self, *, bucket: str | None = None, sprint: str | None = None) -> None:
        self.bucket, self.sprint, self.moved = bucket, sprint, self.moved + 1

    def form(self, order: int, versions: Versions) -> JSON:
        """As the document shows it, except for keys that say nothing."""
        first = 1 if versions == "from 1" else 0

        def attribute(value: JSON, changes: int = 0) -> JSON:
            if versions == "absent":
                return {"value": value}
            return {"value": value, "version": first + changes}

        shown: dict[str, JSON] = {
            "_id": {"$oid": self.id},
            "cid": self.cid,
            "version": first + self.renamed + self.moved,
            "_order": order,
            "project": attribute({"$oid": PROJECT}),
            "title": attribute(self.title, self.renamed),
            "summary": attribute(self._summary()),
            "estimate": attribute(self.estimate),
            "order": attribute(f"{self.cid:09}.0"),
        }
        if self.card is not None:
            owner: JSON = {"$oid": self.card}
            return {**shown, "owner": attribute(owner), "state": attribute("todo")}
        return {
            **shown,
            "isStandaloneTP": False,
            "iteration": attribute(_oid(self.sprint), self.moved),
            "state": attribute(_oid(self.bucket), self.moved),
            "taskCounters": attribute(None),
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
