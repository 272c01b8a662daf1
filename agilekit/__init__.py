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
    from agilekit.wire.serializable import plain

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
    "plain",
]

# The module of each name; the imports above say the same to type checkers.
_MODULES: Final = {
    "Abort": "agilekit.versioned",
    "AgilekitError": "agilekit.errors",
    "AnswerTooLarge": "agilekit.errors",
    "AnyReport": "agilekit.errors",
    "AnyVersioned": "agilekit.errors",
    "ApiError": "agilekit.errors",
    "Attempt": "agilekit.events",
    "BadRequest": "agilekit.errors",
    "BulkInterrupted": "agilekit.errors",
    "BulkOptions": "agilekit.bulk",
    "BulkProgress": "agilekit.bulk",
    "BulkReport": "agilekit.bulk",
    "CallError": "agilekit.errors",
    "Conflict": "agilekit.events",
    "ConflictDetail": "agilekit.errors",
    "Conflicted": "agilekit.errors",
    "ConnectionLost": "agilekit.errors",
    "Created": "agilekit.bulk",
    "DeadlineExceeded": "agilekit.errors",
    "DecodeError": "agilekit.errors",
    "EasyBacklog": "agilekit.easybacklog",
    "Event": "agilekit.events",
    "EventHook": "agilekit.events",
    "Flow": "agilekit.flow",
    "FlyingDonut": "agilekit.flyingdonut",
    "Forbidden": "agilekit.errors",
    "Force": "agilekit.versioned",
    "InvalidInput": "agilekit.errors",
    "JournalError": "agilekit.errors",
    "KanbanTool": "agilekit.kanbantool",
    "Learned": "agilekit.events",
    "Listing": "agilekit.session.listing",
    "Mark": "agilekit.bulk",
    "Merge": "agilekit.versioned",
    "NotFound": "agilekit.errors",
    "NotSent": "agilekit.errors",
    "OnConflict": "agilekit.versioned",
    "Options": "agilekit.session.options",
    "PagesShifted": "agilekit.errors",
    "PossibleDuplicate": "agilekit.bulk",
    "RateLimited": "agilekit.errors",
    "Reapply": "agilekit.versioned",
    "Redirected": "agilekit.errors",
    "Refused": "agilekit.bulk",
    "ServerError": "agilekit.errors",
    "Unauthorized": "agilekit.errors",
    "Unknown": "agilekit.bulk",
    "UnknownAfterServerError": "agilekit.errors",
    "UnknownDetail": "agilekit.errors",
    "UnknownOutcome": "agilekit.errors",
    "Unprocessable": "agilekit.errors",
    "VersionConflict": "agilekit.errors",
    "Versioned": "agilekit.versioned",
    "Wait": "agilekit.events",
    "plain": "agilekit.wire.serializable",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
