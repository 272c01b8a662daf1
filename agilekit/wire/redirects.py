"""Where a redirect leads, and whether a read goes there.

What another host says is not the service's answer, and nobody on the way may choose that host:

==========  ================================================  ======================================
base URL    the redirect leads to                             a read
==========  ================================================  ======================================
any         the same scheme, host and port                    goes there with the credential
any         another port of the host, by the same scheme      goes there without it
https       https, one host being a subdomain of the other    goes there without it
http        https, on such a host                             ends, and the error names the base_url
any         any other host; http, from https                  ends
any         an address elsewhere that holds the credential    ends
==========  ================================================  ======================================

A write goes nowhere.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from attrs import frozen

from agilekit.wire.redaction import Redactor
from agilekit.wire.request import Server
from agilekit.wire.urls import origin_of

__all__ = ["Redirect"]

_LONGEST_HOST: Final = 100


@frozen(eq=False, repr=False)
class Redirect:
    """One of them, as a read that began at `Server` takes it."""

    url: str = ""
    """Where to go; empty if it is not to be followed."""
    same_origin: bool = False
    """Whether that is the origin of the base URL, which the credential is for."""
    reason: str = ""
    """Why it is not followed."""

    @classmethod
    def to(cls, location: str | None, *, url: str, server: Server, redactor: Redactor) -> Redirect:
        """What a ``Location`` in the answer to `url` asks for."""
        target = _absolute(url, location)
        if target is None:
            return cls(reason="the redirect leads nowhere")
        origin = origin_of(target)
        if origin == server.origin:
            return cls(target, same_origin=True)
        here, there = urlsplit(server.origin), urlsplit(target)
        same_host = here.hostname == there.hostname
        related = same_host or _is_subdomain(here, there) or _is_subdomain(there, here)
        schemes = (here.scheme, there.scheme)
        if not related or (schemes == ("http", "http") and not same_host):
            # Redacted before it is cut: a part of a secret is not recognised.
            host = redactor.text(there.hostname or "")[-_LONGEST_HOST:]
            return cls(reason=f"the redirect leads to another host, {host}")
        if schemes == ("http", "https"):
            return cls(reason=f"the server wants https: {_https_hint(server, url, target)}")
        if schemes == ("https", "http"):
            return cls(reason="the redirect leads from https to plain http")
        if redactor.finds(target):
            return cls(reason="the redirect would give away the credential")
        return cls(target)


def _absolute(url: str, location: str | None) -> str | None:
    try:
        target = urljoin(url, location or "")
        parts = urlsplit(target)
        is_http = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return target if location and is_http and target.isascii() else None


def _is_subdomain(one: SplitResult, other: SplitResult) -> bool:
    """Whether `one` is below `other`, which is more than a top-level domain."""
    host, below = other.hostname or "", one.hostname or ""
    return "." in host and below.endswith(f".{host}")


def _https_hint(server: Server, url: str, target: str) -> str:
    """What to open the client with."""
    below = urlsplit(url).path.removeprefix(server.path)
    path = urlsplit(target).path
    if not below or not path.endswith(below):
        return f"use a base_url that begins with {origin_of(target)}"
    return f"use base_url='{origin_of(target)}{path.removesuffix(below)}'"
