"""One authorized request as a handler sees it: its project, what its path names, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from agilekit.sandbox.flyingdonut import params
from agilekit.sandbox.messages import Json, Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.flyingdonut.batches import Batches
    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.project import Project
    from agilekit.sandbox.flyingdonut.state import Bucket, Card, Milestone, Number, Sprint, Task
    from agilekit.sandbox.rewriting import Rewriting

T = TypeVar("T")


@frozen(kw_only=True)
class Call:
    """A request to an existing project, with its secret; ``ids`` are those in its path."""

    project: Project
    request: Request
    ids: Mapping[str, str]
    locking: Locking
    batches: Batches
    rewriting: Rewriting

    def bucket(self) -> Bucket:
        return self._find("bucket", self.project.buckets)

    def card(self) -> Card:
        return self._find("item", self.project.cards)

    def sprint(self) -> Sprint:
        return self._find("iteration", self.project.sprints)

    def task(self) -> Task:
        return self._find("task", self.project.tasks)

    def milestone(self) -> Milestone:
        return self._find("milestone", self.project.milestones)

    def title(self, value: Json) -> str:
        """A title as it is stored."""
        return self.rewriting.stored(self.locking.title(params.title(value)))

    def summary(self, value: Json) -> str:
        """The markdown of a summary as it is stored."""
        return self.rewriting.stored(params.summary(value))

    def estimate(self, value: Json) -> Number | None:
        """An estimate as it is stored."""
        number = params.estimate(value)
        return None if number is None else self.locking.estimate(number)

    def _find(self, kind: str, entities: Mapping[str, T]) -> T:
        try:
            return entities[self.ids[f"{kind}Id"]]
        except KeyError:
            raise Refusal(404, f"There is no such {kind}") from None
