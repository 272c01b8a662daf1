"""The sprints, which the service also calls iterations."""

from __future__ import annotations

from agilekit.flyingdonut.models import Burndown, Sprint, SprintCards
from agilekit.flyingdonut.params import id_of
from agilekit.flyingdonut.routes import (
    FETCH_SPRINT,
    FETCH_SPRINT_BURNDOWN_CHART,
    FETCH_SPRINT_CARDS,
    FETCH_SPRINTS,
)
from agilekit.flyingdonut.scope import ScopedResource
from agilekit.flyingdonut.sprint_cards import with_tasks
from agilekit.session.listing import Listing

__all__ = ["Sprints"]


class Sprints(ScopedResource):
    """``donut.sprints``"""

    def all(self) -> Listing[Sprint]:
        """Lists the sprints: past, active and future ones.

        Source: Flying Donut API, "Fetch Sprints".
        """
        return self._scope.session.listing(FETCH_SPRINTS, self._scope.ids())

    async def get(self, sprint: Sprint | str) -> Sprint:
        """Reads one sprint.

        Source: Flying Donut API, "Fetch Sprint".
        """
        ids = self._scope.ids(iterationId=id_of(sprint, Sprint))
        return await self._scope.session.call(FETCH_SPRINT, ids)

    async def cards(self, sprint: Sprint | str) -> SprintCards:
        """Reads the cards of a sprint, each with its `tasks`, and its placeholder card apart.

        One request, and one more for each card whose counters count other tasks than the answer
        shows; as many of these at once as the client's ``concurrency`` allows.

        Source: Flying Donut API, "Fetch Sprint Cards" and "Fetch Card Tasks".
        """
        ids = self._scope.ids(iterationId=id_of(sprint, Sprint))
        items = await self._scope.session.listing(FETCH_SPRINT_CARDS, ids)
        return await with_tasks(self._scope, items)

    async def burndown(self, sprint: Sprint | str) -> Burndown:
        """Reads the burndown chart of a sprint: the hours left on each day, in all and by card.

        Source: Flying Donut API, "Fetch Sprint Burndown Chart".
        """
        ids = self._scope.ids(iterationId=id_of(sprint, Sprint))
        return await self._scope.session.call(FETCH_SPRINT_BURNDOWN_CHART, ids)
