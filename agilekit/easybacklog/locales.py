"""The locales that accounts can have."""

from __future__ import annotations

from agilekit.checks import id_of
from agilekit.easybacklog.models import Locale
from agilekit.easybacklog.routes import LIST_LOCALES, RETRIEVE_LOCALE
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["Locales"]


class Locales(Resource):
    """``easy.locales``"""

    def all(self) -> Listing[Locale]:
        """Lists the locales.

        Source: easyBacklog API documentation, "List the Locales".
        """
        return self._session.listing(LIST_LOCALES, {})

    async def get(self, locale: Locale | int | str) -> Locale:
        """Reads one locale.

        Source: easyBacklog API documentation, "Retrieve a Locale".
        """
        ids = {"LOCALE_ID": id_of(locale, Locale)}
        return await self._session.call(RETRIEVE_LOCALE, ids)
