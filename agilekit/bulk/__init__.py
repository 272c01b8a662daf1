"""Creating many things, each exactly once.

====================  =============================================================================
`job`, `run`          `create_many` and its options; one run of it, from its baseline to its report
`spec`                what can be created: a row for each kind of thing (`named_fields`)
`drafts`, `hooks`     what the caller gives: the input, and functions to be called
`report`, `outcomes`  what became of each draft
`baseline`            what was there before the job
`sender`, `request`   sending batches, and what their answers mean: the table
`settle/`             what became of drafts whose request got no clear answer
`identity/`           which item was made of which draft
`store`, `journal/`   what a job remembers: in memory, or on disk
`shutdown`,           what ends a job early: the caller, or a service that fails: two tables
`circuit_breaker`
====================  =============================================================================
"""

from agilekit.bulk.drafts import Drafts
from agilekit.bulk.hooks import OutcomeHook
from agilekit.bulk.identity.marks import Mark
from agilekit.bulk.job import BulkOptions, OnError, create_many
from agilekit.bulk.named_fields import spec_of_named_fields
from agilekit.bulk.report import (
    BulkProgress,
    BulkReport,
    Created,
    Draft,
    Outcome,
    OutcomeKind,
    PossibleDuplicate,
    ProgressHook,
    Refused,
    Unknown,
)
from agilekit.bulk.shutdown import StopEvent
from agilekit.bulk.spec import CreateSpec, Creation, Ids, Send, Survey, as_array, one_by_one

__all__ = [
    "BulkOptions",
    "BulkProgress",
    "BulkReport",
    "CreateSpec",
    "Created",
    "Creation",
    "Draft",
    "Drafts",
    "Ids",
    "Mark",
    "OnError",
    "Outcome",
    "OutcomeHook",
    "OutcomeKind",
    "PossibleDuplicate",
    "ProgressHook",
    "Refused",
    "Send",
    "StopEvent",
    "Survey",
    "Unknown",
    "as_array",
    "create_many",
    "one_by_one",
    "spec_of_named_fields",
]
