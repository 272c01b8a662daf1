"""Connections by name, from a file: which services to talk to, and where their secrets are.

::

    [connections.work]
    service = "kanbantool"
    account = "mycompany"
    token = { env = "AGILEKIT_KANBANTOOL_TOKEN" }

    [targets.warehouse]
    to = "postgresql://agile@db.example.com/agile"
    password = { env = "WAREHOUSE_PASSWORD" }

A secret is looked up when its client is made: in a variable of the environment, in a file, or in
the keyring. It stands in the connections file itself only if that file says
``secrets_in_this_file = true``.
"""

from agilekit.connections.connection import Connection
from agilekit.connections.file import NoConnections, load, load_targets
from agilekit.connections.target_address import TargetAddress
from agilekit.services import AnyClient

__all__ = ["AnyClient", "Connection", "NoConnections", "TargetAddress", "load", "load_targets"]
