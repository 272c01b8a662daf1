"""A path that a caller gives as a whole, where no document has a template for it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from agilekit.errors import InvalidInput

__all__ = ["quoted_path"]

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
# What RFC 3986, 3.3 lets a path hold, and the sign of what is quoted already.
_ALLOWED: Final = "/:@!$&'()*+,;=~%"


def quoted_path(path: object) -> str:
    """`path` as it goes into a URL. Raises InvalidInput for one that could lead elsewhere.

    What is quoted already (``%20``) stays as it is.
    """
    if not isinstance(path, str):
        raise InvalidInput(f"a path is text such as '/milestones', not {type(path).__name__}")
    plain = unquote(path)
    if not path.startswith("/") or path.startswith("//") or "://" in path:
        raise InvalidInput(
            f"the path {path!r:.60} must begin with one '/': it stands below the base URL"
        )
    if "?" in path or "#" in path:
        raise InvalidInput(f"the path {path!r:.60} holds a query or a fragment: use query={{…}}")
    if ".." in plain or "\\" in plain or _UNPRINTABLE.search(plain):
        raise InvalidInput(f"the path {path!r:.60} could lead elsewhere")
    try:
        return quote(_LONE_PERCENT.sub("%25", path), safe=_ALLOWED)
    except UnicodeEncodeError:
        raise InvalidInput(f"the path {path!r:.60} cannot be written in a URL") from None
