"""The services as local fakes: stateful, faulty on demand, written from their documents.

A :class:`Sandbox` is a plain ASGI application with one mount per service. It keeps real state,
judges versions as the service does, and can be made to fail in every way a network fails, by
:class:`Faults`. It is reached in three ways: in process by :meth:`Sandbox.transport`, over a
loopback port by :meth:`Sandbox.serve`, or by any ASGI server.

Options make it as unruly as servers are: changes that come long after the connection is gone, reads
that lag, answers that show nothing, texts that are stored otherwise than they were sent, batches
that are stored in part, creates that race. What it cannot prove: that a program is right with a
server of another hand. It is written from the documents, from recorded answers and from what was
reasoned of them; what none of these tells, it does not do. It handles each request in one go, so
that it races with itself only as an option imitates it, and it never comes back from a crash. That
a client passes its tests proves something only where a payload typed from a document says the same.

A service is a sub-package with its state and a table of its handlers; the application, the
faults, the server and the transport are shared by all.
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
