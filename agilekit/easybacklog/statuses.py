"""The statuses that sprint stories can have."""

from __future__ import annotations

from agilekit.checks import id_of
from agilekit.easybacklog.models import SprintStoryStatus
from agilekit.easybacklog.routes import LIST_SPRINT_STORY_STATUSES, RETRIEVE_SPRINT_STORY_STATUS
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["Statuses"]


class Statuses(Resource):
    """``easy.statuses``"""

    def all(self) -> Listing[SprintStoryStatus]:
        """Lists the statuses that a sprint story can have.

        Source: easyBacklog API documentation, "List the Sprint Story Statuses".
        """
        return self._session.listing(LIST_SPRINT_STORY_STATUSES, {})

    async def get(self, status: SprintStoryStatus | int | str) -> SprintStoryStatus:
        """Reads one status.

        Source: easyBacklog API documentation, "Retrieve a Sprint Story Status".
        """
        ids = {"SPRINT_STORY_STATUS_ID": id_of(status, SprintStoryStatus, name="status")}
        return await self._session.call(RETRIEVE_SPRINT_STORY_STATUS, ids)
