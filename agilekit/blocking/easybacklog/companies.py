"""The companies, which backlogs can be grouped by.

Generated from `agilekit.easybacklog.companies` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.companies import Companies as AsyncCompanies
from agilekit.easybacklog.models import Account, Company
from agilekit.easybacklog.params import CompanyChanges, CompanyDraft
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Companies"]


class Companies(WrappedResource[AsyncCompanies]):
    """``easy.companies``"""

    def all(self, account: Account | int | str) -> Listing[Company]:
        """Lists the companies of an account.

        Source: easyBacklog API documentation, "List the Companies".
        """
        return self._list(self._resource.all(account))

    def get(self, account: Account | int | str, company: Company | int | str) -> Company:
        """Reads one company.

        Source: easyBacklog API documentation, "Retrieve a Company".
        """
        return self._run(self._resource.get, account, company)

    def create(self, account: Account | int | str, **draft: Unpack[CompanyDraft]) -> Company:
        """Creates a company. The published server answers it with no `account_id`.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Company".
        """
        return self._run(self._resource.create, account, **draft)

    def create_many(
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
        return self._run(self._resource.create_many, account, taken_here(drafts), **options)

    def update(
        self,
        account: Account | int | str,
        company: Company | int | str,
        **changes: Unpack[CompanyChanges],
    ) -> None:
        """Changes a company. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Company".
        """
        self._run(self._resource.update, account, company, **changes)

    def delete(self, account: Account | int | str, company: Company | int | str) -> None:
        """Deletes a company.

        It is documented, but the published server has no such route: it raises NotFound.

        Source: easyBacklog API documentation, "Delete a Company".
        """
        self._run(self._resource.delete, account, company)
