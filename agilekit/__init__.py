"""Async client for Flying Donut, flow, easyBacklog and Kanban Tool.

A public name is imported when it is first asked for, so that ``import agilekit`` costs next to
nothing and a program pays for the services that it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from agilekit._version import __version__

if TYPE_CHECKING:
    from agilekit.bulk import (
        BulkOptions,
        BulkProgress,
        BulkReport,
        Created,
        Mark,
        PossibleDuplicate,
        Refused,
        Unknown,
    )
    from agilekit.easybacklog import EasyBacklog
    from agilekit.errors import (
        AgilekitError,
        AnswerTooLarge,
        AnyReport,
        AnyVersioned,
        ApiError,
        BadRequest,
        BulkInterrupted,
        CallError,
        ConflictDetail,
        Conflicted,
        ConnectionLost,
        DeadlineExceeded,
        DecodeError,
        Forbidden,
        InvalidInput,
        JournalError,
        NotFound,
        NotSent,
        PagesShifted,
        RateLimited,
        Redirected,
        ServerError,
        Unauthorized,
        UnknownAfterServerError,
        UnknownDetail,
        UnknownOutcome,
        Unprocessable,
        VersionConflict,
    )
    from agilekit.events import Attempt, Conflict, Event, EventHook, Learned, Wait
    from agilekit.flow import Flow
    from agilekit.flyingdonut import FlyingDonut
    from agilekit.kanbantool import KanbanTool
    from agilekit.session.listing import Listing
    from agilekit.session.options import Options
    from agilekit.versioned import Abort, Force, Merge, OnConflict, Reapply, Versioned

__all__ = [
    "Abort",
    "AgilekitError",
    "AnswerTooLarge",
    "AnyReport",
    "AnyVersioned",
    "ApiError",
    "Attempt",
    "BadRequest",
    "BulkInterrupted",
    "BulkOptions",
    "BulkProgress",
    "BulkReport",
    "CallError",
    "Conflict",
    "ConflictDetail",
    "Conflicted",
    "ConnectionLost",
    "Created",
    "DeadlineExceeded",
    "DecodeError",
    "EasyBacklog",
    "Event",
    "EventHook",
    "Flow",
    "FlyingDonut",
    "Forbidden",
    "Force",
    "InvalidInput",
    "JournalError",
    "KanbanTool",
    "Learned",
    "Listing",
    "Mark",
    "Merge",
    "NotFound",
    "NotSent",
    "OnConflict",
    "Options",
    "PagesShifted",
    "PossibleDuplicate",
    "RateLimited",
    "Reapply",
    "Redirected",
    "Refused",
    "ServerError",
    "Unauthorized",
    "Unknown",
    "UnknownAfterServerError",
    "UnknownDetail",
    "UnknownOutcome",
    "Unprocessable",
    "VersionConflict",
    "Versioned",
    "Wait",
    "__version__",
]

# Where the names are, the cheapest first.
_HOMES: Final = (
    "agilekit.events",
    "agilekit.errors",
    "agilekit.versioned",
    "agilekit.bulk",
    "agilekit.session.listing",
    "agilekit.session.options",
    "agilekit.flyingdonut",
    "agilekit.flow",
    "agilekit.easybacklog",
    "agilekit.kanbantool",
)


def __getattr__(name: str) -> object:
    if name in __all__:
        for home in _HOMES:
            module = import_module(home)
            if name in module.__all__:
                found: object = getattr(module, name)
                globals()[name] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
