"""What lies in what, a table for each service: its kinds of things, and the reads that list them.

| service | what there is |
|---|---|
| Flying Donut | buckets and sprints > cards > tasks |
| flow | projects > columns, types of tasks, tasks; members |
| easyBacklog | accounts > companies, backlogs > themes > stories > criteria; backlogs > sprints |
| Kanban Tool | boards > swimlanes, stages, types of cards, users, tasks > subtasks, comments |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agilekit.lookup.hierarchies.easybacklog import EASYBACKLOG
from agilekit.lookup.hierarchies.flow import FLOW
from agilekit.lookup.hierarchies.flyingdonut import FLYINGDONUT
from agilekit.lookup.hierarchies.kanbantool import KANBANTOOL
from agilekit.lookup.item import Hierarchy

__all__ = ["HIERARCHIES"]

HIERARCHIES: Final[Mapping[str, Hierarchy[Any]]] = {
    "flyingdonut": FLYINGDONUT,
    "flow": FLOW,
    "easybacklog": EASYBACKLOG,
    "kanbantool": KANBANTOOL,
}
"""By the name of the service."""
