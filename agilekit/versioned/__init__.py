"""Attributes that bear a version each, and the edit that never loses or doubles a change.

The rule: a change is sent with the version of the value that it was made from. The server takes it
only if that version is still the current one, so of all changes made from one version, one wins;
the others learn the current value and are made again from it.

`judging` tells what an answer means, `editing` acts upon it.
"""

from agilekit.versioned.editing import Attribute, Edits, Placed, Reply, Target
from agilekit.versioned.strategies import (
    Abort,
    Force,
    Merge,
    OnConflict,
    Reapply,
    Strategy,
    Versioned,
)

__all__ = [
    "Abort",
    "Attribute",
    "Edits",
    "Force",
    "Merge",
    "OnConflict",
    "Placed",
    "Reapply",
    "Reply",
    "Strategy",
    "Target",
    "Versioned",
]
