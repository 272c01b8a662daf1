"""The statuses that sprint stories can have.

Generated from `agilekit.easybacklog.statuses` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import SprintStoryStatus
from agilekit.easybacklog.statuses import Statuses as AsyncStatuses

__all__ = ["Statuses"]


class Statuses(WrappedResource[AsyncStatuses]):
    """``easy.statuses``"""

    def all(self) -> Listing[SprintStoryStatus]:
        """Lists the statuses that a sprint story can have.

        Source: easyBacklog API documentation, "List the Sprint Story Statuses".
        """
        return self._list(self._resource.all())

    def get(self, status: SprintStoryStatus | int | str) -> SprintStoryStatus:
        """Reads one status.

        Source: easyBacklog API documentation, "Retrieve a Sprint Story Status".
        """
        return self._run(self._resource.get, status)
