"""Connections by name, from a file: which services to talk to, and where their secrets are.

::

    [connections.work]
    service = "kanbantool"
    account = "mycompany"
    token = { env = "AGILEKIT_KANBANTOOL_TOKEN" }

A secret is looked up when its client is made: in a variable of the environment, in a file, or in
the keyring. It stands in the connections file itself only if that file says
``secrets_in_this_file = true``.
"""

from agilekit.connections.connection import Connection
from agilekit.connections.file import NoConnections, load
from agilekit.services import AnyClient

__all__ = ["AnyClient", "Connection", "NoConnections", "load"]
