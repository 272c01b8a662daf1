"""The locales that accounts can have.

Generated from `agilekit.easybacklog.locales` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.locales import Locales as AsyncLocales
from agilekit.easybacklog.models import Locale

__all__ = ["Locales"]


class Locales(WrappedResource[AsyncLocales]):
    """``easy.locales``"""

    def all(self) -> Listing[Locale]:
        """Lists the locales.

        Source: easyBacklog API documentation, "List the Locales".
        """
        return self._list(self._resource.all())

    def get(self, locale: Locale | int | str) -> Locale:
        """Reads one locale.

        Source: easyBacklog API documentation, "Retrieve a Locale".
        """
        return self._run(self._resource.get, locale)
