"""Creating many things, each exactly once."""

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
