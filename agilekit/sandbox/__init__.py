"""The services as local fakes: stateful, faulty on demand, written from their documents.

A :class:`Sandbox` is a plain ASGI application with one mount per service. It keeps real state,
checks versions as the service does, and can be made to fail in every way a network fails, by
:class:`Faults`. It is reached in three ways: in process by :meth:`Sandbox.transport`, over a
loopback port by :meth:`Sandbox.serve`, or by any ASGI server.

Options make it as unruly as servers are: changes that come long after the connection is gone, reads
that lag, answers that show nothing, texts that are changed before they are stored, batches that are
stored in part, creates that race. What it cannot prove: that a program is right with a server that
somebody else wrote. It is written from the documents, from recorded answers and from what follows
from them; what none of these says, it does not do. It handles each request in one go, so that it
races with itself only as an option imitates it, and it never comes back from a crash. That a client
passes its tests proves something only if a payload typed from a document says the same.

How a request goes: the server or the transport hands it to the application (``app``), which draws
a fault for it (``faults``) and finds the service below whose path it is. All services have the same
plan, each in its own package:

- ``service``: authentication and formats; it makes a ``Call`` of the request and finds its route;
- ``routes``: the table of the calls, in the order of the document;
- ``handlers``: a module for each resource, one function for each call;
- ``call``: the request as a handler sees it, which finds what the path names;
- ``params``: what a request was sent, checked; a ``Refusal`` is how any of these answers an error;
- ``state``: the entities, and beside it the one object that holds and changes them;
- ``serializers``: the wire form of each entity; a ``renderer`` writes it as JSON or XML, if the
  service has both;
- ``options``: what the document leaves open (in Flying Donut ``locking``, ``recorded`` and
  ``batches``); ``seed``: what a fresh service holds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agilekit.sandbox.app import Sandbox
    from agilekit.sandbox.faults import Faults

__all__ = ["Faults", "Sandbox"]

_HOMES = {"Faults": "agilekit.sandbox.faults", "Sandbox": "agilekit.sandbox.app"}


def __getattr__(name: str) -> object:
    # Loaded on first use: the pytest plugin of this package is imported in every run of pytest.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
