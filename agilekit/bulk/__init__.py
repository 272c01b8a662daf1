"""Creating many things, each exactly once."""

from agilekit.bulk.drafts import Drafts
from agilekit.bulk.job import BulkOptions, OnError, create_many
from agilekit.bulk.kind import Kind
from agilekit.bulk.report import (
    BulkProgress,
    BulkReport,
    Created,
    Draft,
    Outcome,
    ProgressHook,
    Refused,
    Unknown,
)

__all__ = [
    "BulkOptions",
    "BulkProgress",
    "BulkReport",
    "Created",
    "Draft",
    "Drafts",
    "Kind",
    "OnError",
    "Outcome",
    "ProgressHook",
    "Refused",
    "Unknown",
    "create_many",
]
