"""The accounts, which everything else belongs to.

Generated from `agilekit.easybacklog.accounts` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import Unpack

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.accounts import Accounts as AsyncAccounts
from agilekit.easybacklog.models import Account
from agilekit.easybacklog.params import AccountChanges

__all__ = ["Accounts"]


class Accounts(WrappedResource[AsyncAccounts]):
    """``easy.accounts``"""

    def all(self) -> Listing[Account]:
        """Lists the accounts that the credential opens.

        Source: easyBacklog API documentation, "List the Accounts".
        """
        return self._list(self._resource.all())

    def get(self, account: Account | int | str) -> Account:
        """Reads one account.

        Source: easyBacklog API documentation, "Retrieve an Account".
        """
        return self._run(self._resource.get, account)

    def update(self, account: Account | int | str, **changes: Unpack[AccountChanges]) -> None:
        """Changes an account. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update an Account".
        """
        self._run(self._resource.update, account, **changes)
