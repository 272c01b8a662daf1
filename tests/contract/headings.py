"""A heading of a service's document, as ``DOCUMENT`` in ``tests/SERVICE/calls.py`` lists them.

A call is its heading alone; any other heading has a word on where its subject is in the library.
Left out are the headings that each call repeats: Arguments, Attributes, Request, Response, Returns.
"""

from __future__ import annotations

from typing import TypeAlias

Heading: TypeAlias = str | tuple[str, str]
