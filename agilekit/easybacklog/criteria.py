"""The acceptance criteria of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import AcceptanceCriterion, Story
from agilekit.easybacklog.params import CRITERION_FIELDS, CriterionChanges, CriterionDraft
from agilekit.easybacklog.routes import (
    CREATE_ACCEPTANCE_CRITERION,
    DELETE_ACCEPTANCE_CRITERION,
    LIST_ACCEPTANCE_CRITERIA,
    RETRIEVE_ACCEPTANCE_CRITERION,
    UPDATE_ACCEPTANCE_CRITERION,
)
from agilekit.first_use import FirstUse
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.easybacklog import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.easybacklog.specs")

__all__ = ["Criteria"]


class Criteria(Resource):
    """``easy.criteria``"""

    def all(self, story: Story | int | str) -> Listing[AcceptanceCriterion]:
        """Lists the acceptance criteria of a story.

        Source: easyBacklog API documentation, "List the Acceptance Criteria".
        """
        return self._session.listing(LIST_ACCEPTANCE_CRITERIA, _in(story))

    async def get(
        self, story: Story | int | str, criterion: AcceptanceCriterion | int | str
    ) -> AcceptanceCriterion:
        """Reads one acceptance criterion.

        Source: easyBacklog API documentation, "Retrieve an Acceptance Criterion".
        """
        return await self._session.call(RETRIEVE_ACCEPTANCE_CRITERION, _ids(story, criterion))

    async def create(
        self, story: Story | int | str, **draft: Unpack[CriterionDraft]
    ) -> AcceptanceCriterion:
        """Creates an acceptance criterion.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create an Acceptance Criterion".
        """
        body = specs.CRITERIA.encode(draft)
        return await self._session.call(CREATE_ACCEPTANCE_CRITERION, _in(story), body)

    async def create_many(
        self,
        story: Story | int | str,
        drafts: bulk.Drafts[CriterionDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[AcceptanceCriterion]:
        """Creates a criterion for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create an Acceptance Criterion".
        """
        creation = specs.CRITERIA.within(self._session, _in(story))
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        story: Story | int | str,
        acceptance_criterion: AcceptanceCriterion | int | str,
        /,
        **changes: Unpack[CriterionChanges],
    ) -> None:
        """Changes an acceptance criterion. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update an Acceptance Criterion".
        """
        ids = _ids(story, acceptance_criterion)
        await self._session.call(
            UPDATE_ACCEPTANCE_CRITERION, ids, encode_changes(changes, CRITERION_FIELDS)
        )

    async def delete(
        self, story: Story | int | str, criterion: AcceptanceCriterion | int | str
    ) -> None:
        """Deletes an acceptance criterion.

        The published server deletes none of an accepted story, and answers 500: it raises
        UnknownAfterServerError.

        Source: easyBacklog API documentation, "Delete an Acceptance Criterion".
        """
        await self._session.call(DELETE_ACCEPTANCE_CRITERION, _ids(story, criterion))


def _in(story: object) -> dict[str, int]:
    return {"STORY_ID": id_of(story, Story)}


def _ids(story: object, criterion: object) -> dict[str, int]:
    return {
        **_in(story),
        "ACCEPTANCE_CRITERIA_ID": id_of(criterion, AcceptanceCriterion, name="criterion"),
    }
