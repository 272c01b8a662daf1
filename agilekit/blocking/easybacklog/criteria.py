"""The acceptance criteria of a story.

Generated from `agilekit.easybacklog.criteria` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.criteria import Criteria as AsyncCriteria
from agilekit.easybacklog.models import AcceptanceCriterion, Story
from agilekit.easybacklog.params import CriterionChanges, CriterionDraft
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Criteria"]


class Criteria(WrappedResource[AsyncCriteria]):
    """``easy.criteria``"""

    def all(self, story: Story | int | str) -> Listing[AcceptanceCriterion]:
        """Lists the acceptance criteria of a story.

        Source: easyBacklog API documentation, "List the Acceptance Criteria".
        """
        return self._list(self._resource.all(story))

    def get(
        self, story: Story | int | str, criterion: AcceptanceCriterion | int | str
    ) -> AcceptanceCriterion:
        """Reads one acceptance criterion.

        Source: easyBacklog API documentation, "Retrieve an Acceptance Criterion".
        """
        return self._run(self._resource.get, story, criterion)

    def create(
        self, story: Story | int | str, **draft: Unpack[CriterionDraft]
    ) -> AcceptanceCriterion:
        """Creates an acceptance criterion.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create an Acceptance Criterion".
        """
        return self._run(self._resource.create, story, **draft)

    def create_many(
        self,
        story: Story | int | str,
        drafts: bulk.Drafts[CriterionDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[AcceptanceCriterion]:
        """Creates a criterion for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create an Acceptance Criterion".
        """
        return self._run(self._resource.create_many, story, taken_here(drafts), **options)

    def update(
        self,
        story: Story | int | str,
        acceptance_criterion: AcceptanceCriterion | int | str,
        /,
        **changes: Unpack[CriterionChanges],
    ) -> None:
        """Changes an acceptance criterion. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update an Acceptance Criterion".
        """
        self._run(self._resource.update, story, acceptance_criterion, **changes)

    def delete(self, story: Story | int | str, criterion: AcceptanceCriterion | int | str) -> None:
        """Deletes an acceptance criterion.

        The published server deletes none of an accepted story, and answers 500: it raises
        UnknownAfterServerError.

        Source: easyBacklog API documentation, "Delete an Acceptance Criterion".
        """
        self._run(self._resource.delete, story, criterion)
