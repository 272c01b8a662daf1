"""URLs: what may stand in a path, and where an address leads."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from agilekit.errors import InvalidInput

__all__ = ["UNPRINTABLE", "is_loopback", "origin_of", "quoted_id", "quoted_path"]

UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")
_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
# What RFC 3986, 3.3 lets a path hold, and the sign of what is quoted already.
_ALLOWED: Final = "/:@!$&'()*+,;=~%"
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


def quoted_id(value: object, *, of: str) -> str:
    """An id, as one segment of a path. Raises InvalidInput for one that could be more than that.

    of: what it is the id of, for messages.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InvalidInput(f"{of}: an id is text or a number, not {type(value).__name__}")
    if value.isascii() and value.isalnum():
        return value  # as most are
    if not value.strip() or value.strip(".") == "":
        raise InvalidInput(f"{of}: {value!r} is not a valid id")
    if "/" in value or "\\" in value or UNPRINTABLE.search(value):
        raise InvalidInput(f"{of}: the id {value!r:.60} could leave its place in the path")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise InvalidInput(f"{of}: the id {value!r:.60} cannot be written in a URL") from None


def quoted_path(path: object) -> str:
    """A path that a caller gives as a whole, as it goes into a URL. Raises InvalidInput for one
    that could lead elsewhere.

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
    if ".." in plain or "\\" in plain or UNPRINTABLE.search(plain):
        raise InvalidInput(f"the path {path!r:.60} could lead elsewhere")
    try:
        return quote(_LONE_PERCENT.sub("%25", path), safe=_ALLOWED)
    except UnicodeEncodeError:
        raise InvalidInput(f"the path {path!r:.60} cannot be written in a URL") from None


def origin_of(url: str) -> str:
    """Scheme, host and port, always written in the same way."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_DEFAULT_PORTS.get(parts.scheme, ' '))}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
