"""The companies, which backlogs can be grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Account, Company
from agilekit.easybacklog.params import COMPANY_FIELDS, CompanyChanges, CompanyDraft
from agilekit.easybacklog.routes import (
    CREATE_COMPANY,
    DELETE_COMPANY,
    LIST_COMPANIES,
    RETRIEVE_COMPANY,
    UPDATE_COMPANY,
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

__all__ = ["Companies"]


class Companies(Resource):
    """``easy.companies``"""

    def all(self, account: Account | int | str) -> Listing[Company]:
        """Lists the companies of an account.

        Source: easyBacklog API documentation, "List the Companies".
        """
        return self._session.listing(LIST_COMPANIES, _in(account))

    async def get(self, account: Account | int | str, company: Company | int | str) -> Company:
        """Reads one company.

        Source: easyBacklog API documentation, "Retrieve a Company".
        """
        return await self._session.call(RETRIEVE_COMPANY, _ids(account, company))

    async def create(self, account: Account | int | str, **draft: Unpack[CompanyDraft]) -> Company:
        """Creates a company. The published server answers it with no `account_id`.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Company".
        """
        body = specs.COMPANIES.encode(draft)
        return await self._session.call(CREATE_COMPANY, _in(account), body)

    async def create_many(
        self,
        account: Account | int | str,
        drafts: bulk.Drafts[CompanyDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Company]:
        """Creates a company for each draft, exactly once, and reports what became of each.

        The published server lists no company that it has created this way: a draft whose answer is
        lost stays of unknown outcome.

        Source: easyBacklog API documentation, "Create a Company".
        """
        creation = specs.COMPANIES.within(self._session, _in(account))
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        account: Account | int | str,
        company: Company | int | str,
        **changes: Unpack[CompanyChanges],
    ) -> None:
        """Changes a company. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Company".
        """
        await self._session.call(
            UPDATE_COMPANY, _ids(account, company), encode_changes(changes, COMPANY_FIELDS)
        )

    async def delete(self, account: Account | int | str, company: Company | int | str) -> None:
        """Deletes a company.

        It is documented, but the published server has no such route: it raises NotFound.

        Source: easyBacklog API documentation, "Delete a Company".
        """
        await self._session.call(DELETE_COMPANY, _ids(account, company))


def _in(account: object) -> dict[str, int]:
    return {"ACCOUNT_ID": id_of(account, Account)}


def _ids(account: object, company: object) -> dict[str, int]:
    return {**_in(account), "COMPANY_ID": id_of(company, Company)}
