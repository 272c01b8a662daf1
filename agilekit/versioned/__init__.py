"""Attributes that bear a version each, and the edit that never loses or doubles a change.

The rule: a change is sent with the version of the value that it was made from. The server takes it
only if that version is still the current one, so of all changes made from one version, one wins;
the others learn the current value and are made again from it.

`judging` tells what an answer means, `placing` acts upon it, `looking` reads what an answer did not
show, `ending` makes the errors; `editing` lets the edits of one entity take turns.
"""

from agilekit.versioned.edit import Attribute
from agilekit.versioned.editing import Edits
from agilekit.versioned.placing import Placed
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
