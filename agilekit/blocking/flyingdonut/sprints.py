"""The sprints, which the service also calls iterations.

Generated from `agilekit.flyingdonut.sprints` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flyingdonut.models import Burndown, Sprint, SprintCards
from agilekit.flyingdonut.sprints import Sprints as AsyncSprints

__all__ = ["Sprints"]


class Sprints(WrappedResource[AsyncSprints]):
    """``donut.sprints``"""

    def all(self) -> Listing[Sprint]:
        """Lists the sprints: past, active and future ones.

        Source: Flying Donut API, "Fetch Sprints".
        """
        return self._list(self._resource.all())

    def get(self, sprint: Sprint | str) -> Sprint:
        """Reads one sprint.

        Source: Flying Donut API, "Fetch Sprint".
        """
        return self._run(self._resource.get, sprint)

    def cards(self, sprint: Sprint | str) -> SprintCards:
        """Reads the cards of a sprint, each with its `tasks`, and its placeholder card apart.

        One request, and one more for each card whose counters count other tasks than the answer
        shows; as many of these at once as the client's ``concurrency`` allows.

        Source: Flying Donut API, "Fetch Sprint Cards" and "Fetch Card Tasks".
        """
        return self._run(self._resource.cards, sprint)

    def burndown(self, sprint: Sprint | str) -> Burndown:
        """Reads the burndown chart of a sprint: the hours left on each day, in all and by card.

        Source: Flying Donut API, "Fetch Sprint Burndown Chart".
        """
        return self._run(self._resource.burndown, sprint)
