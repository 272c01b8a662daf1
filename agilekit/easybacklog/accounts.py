"""The accounts, which everything else belongs to."""

from __future__ import annotations

from typing import Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Account
from agilekit.easybacklog.params import ACCOUNT_FIELDS, AccountChanges
from agilekit.easybacklog.routes import LIST_ACCOUNTS, RETRIEVE_ACCOUNT, UPDATE_ACCOUNT
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

__all__ = ["Accounts"]


class Accounts(Resource):
    """``easy.accounts``"""

    def all(self) -> Listing[Account]:
        """Lists the accounts that the credential opens.

        Source: easyBacklog API documentation, "List the Accounts".
        """
        return self._session.listing(LIST_ACCOUNTS, {})

    async def get(self, account: Account | int | str) -> Account:
        """Reads one account.

        Source: easyBacklog API documentation, "Retrieve an Account".
        """
        return await self._session.call(RETRIEVE_ACCOUNT, {"ACCOUNT_ID": _id(account)})

    async def update(self, account: Account | int | str, **changes: Unpack[AccountChanges]) -> None:
        """Changes an account. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update an Account".
        """
        ids = {"ACCOUNT_ID": _id(account)}
        await self._session.call(UPDATE_ACCOUNT, ids, encode_changes(changes, ACCOUNT_FIELDS))


def _id(account: object) -> int:
    return id_of(account, Account)
