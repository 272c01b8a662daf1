"""Attributes that bear a version each, and the edit that never loses or doubles a change.

The rule: a change is sent with the version of the value that it was made from. The server takes it
only if that version is still the current one, so of all changes made from one version, one wins;
the others learn the current value and are made again from it. Source: Flying Donut API, "Update
Card" and "Update Task".

===============  ==================================================================================
`strategies`     what the caller says about conflicts, and `Versioned`
`changes`        what the caller gives -> an `Edit` for each attribute, or InvalidInput
`attribute`      how one attribute is written, read and compared
`edit`           one attribute on its way: what was sent of it, and what is known of it
`edits`          the edits of one client: those of one entity take turns
`engine`         one update: send, decide, go round again
`decision`       what an answer means for one attribute: the tables
`facts`          what earlier answers have taught about the server
`entity`         the newest values that are known of an entity, and reading it
`outcome`        what an update has come to, and the errors that say so
`target`         what the engine needs of a service: to write and to read one entity
===============  ==================================================================================
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agilekit.versioned.attribute import Attribute
    from agilekit.versioned.edits import Edits
    from agilekit.versioned.engine import Applied
    from agilekit.versioned.strategies import (
        Abort,
        Force,
        Merge,
        OnConflict,
        Reapply,
        Strategy,
        Versioned,
    )
    from agilekit.versioned.target import Reply, Target

__all__ = [
    "Abort",
    "Applied",
    "Attribute",
    "Edits",
    "Force",
    "Merge",
    "OnConflict",
    "Reapply",
    "Reply",
    "Strategy",
    "Target",
    "Versioned",
]

# The module of each name, so that a client without edits loads only `strategies` and `attribute`.
_MODULES: Final = {
    "Abort": "agilekit.versioned.strategies",
    "Applied": "agilekit.versioned.engine",
    "Attribute": "agilekit.versioned.attribute",
    "Edits": "agilekit.versioned.edits",
    "Force": "agilekit.versioned.strategies",
    "Merge": "agilekit.versioned.strategies",
    "OnConflict": "agilekit.versioned.strategies",
    "Reapply": "agilekit.versioned.strategies",
    "Reply": "agilekit.versioned.target",
    "Strategy": "agilekit.versioned.strategies",
    "Target": "agilekit.versioned.target",
    "Versioned": "agilekit.versioned.strategies",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
