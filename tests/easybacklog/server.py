"""A client of the document's server, through a scripted transport."""

from __future__ import annotations

from typing import Final, Literal, Unpack

import httpx

from agilekit.easybacklog import EasyBacklog
from agilekit.session.options import Options

BASE_URL: Final = "https://localhost:3000/api"
TOKEN: Final = "iulmbugli2czx7jitqiq"
USER_ID: Final = 981


def easy_at(
    server: httpx.AsyncBaseTransport,
    *,
    format: Literal["json", "xml"] = "json",
    override: bool = False,
    **options: Unpack[Options],
) -> EasyBacklog:
    options["transport"] = server
    return EasyBacklog(BASE_URL, token=TOKEN, format=format, override=override, **options)
