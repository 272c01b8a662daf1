"""Looking before writing: what there is in a service, and which of it a name means.

`item` has the types, `hierarchies` a table for each service of what lies in what and how it is
listed. `reader` reads what there is of some kinds; `path` says how one thing is written, `resolver`
finds what is meant by that, and `messages` says what to give instead.
"""

from agilekit.lookup.hierarchies import HIERARCHIES
from agilekit.lookup.item import Hierarchy, Item, ItemKind
from agilekit.lookup.path import Unresolved, as_printed, written
from agilekit.lookup.reader import ItemReader
from agilekit.lookup.resolver import by_ids, resolve

__all__ = [
    "HIERARCHIES",
    "Hierarchy",
    "Item",
    "ItemKind",
    "ItemReader",
    "Unresolved",
    "as_printed",
    "by_ids",
    "resolve",
    "written",
]
