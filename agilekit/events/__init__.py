"""What an ``on_event`` hook is told, and what can be done with it at once.

=========  ========================================================================================
`model`    the events: a frozen class for each
`log`      a hook that writes the ones that matter into a logger
=========  ========================================================================================

Every event says of which service, host and route it is, and of which call, edit or job.
"""

from agilekit.events.log import Log, log
from agilekit.events.model import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Conflict,
    EditEnded,
    EditStarted,
    Event,
    EventContext,
    EventHook,
    Fact,
    JobEnded,
    JobLook,
    JobResend,
    JobRound,
    JobStarted,
    Learned,
    Wait,
)

__all__ = [
    "Attempt",
    "AttemptStarted",
    "CallEnded",
    "CallStarted",
    "Conflict",
    "EditEnded",
    "EditStarted",
    "Event",
    "EventContext",
    "EventHook",
    "Fact",
    "JobEnded",
    "JobLook",
    "JobResend",
    "JobRound",
    "JobStarted",
    "Learned",
    "Log",
    "Wait",
    "log",
]
