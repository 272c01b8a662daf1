"""Options that a variable of the environment may set."""

from __future__ import annotations

from typing import Final

from agilekit.environment import optional
from agilekit.session.http_library import library
from agilekit.session.session import Options

__all__ = ["with_variables"]

_HTTP: Final = "AGILEKIT_HTTP"


def with_variables(options: Options) -> Options:
    """The options, and of ``AGILEKIT_HTTP`` what they leave open: a transport is of a library.

    Raises InvalidInput for a variable that cannot be right.
    """
    named = optional(_HTTP)
    if named is None or options.get("http") is not None or options.get("transport") is not None:
        return options
    return {**options, "http": library(named.strip(), of=_HTTP).name}
