"""A mark in a text field of each draft, by which its item is known again.

The mark is the id of the job and the position of the draft, before the field's own text::

    [ak-k3f9x2ab-17] Paint the door

It stands at the beginning because servers cut texts at the end, and is read in upper or lower case.
To remove all of them from a text: ``re.sub(r"\\[ak-[0-9a-z]+-\\d+\\] ?", "", text)``.
"""

from __future__ import annotations

import re
from secrets import choice
from string import ascii_lowercase, digits
from typing import Final

from attrs import frozen

from agilekit.errors import InvalidInput

__all__ = ["JobMark", "Mark"]

_ID: Final = re.compile(r"[0-9a-z]{4,32}")
_MARK: Final = re.compile(r"\[ak-([0-9a-z]{4,32})-(\d{1,15})\]", re.IGNORECASE)
_LENGTH: Final = 8


@frozen
class Mark:
    """In which field a job marks its drafts.

    field: the name of a text field of the drafts.
    job: the id of the job, 4 to 32 lower-case letters and digits; None makes a new one. To continue
        a job without its journal, give the id that its marks bear.

    Raises InvalidInput for an id of another form.
    """

    field: str
    job: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.job is not None and not _ID.fullmatch(self.job):
            raise InvalidInput(
                f"a job id has 4 to 32 characters, a to z and 0 to 9, not {self.job!r:.60}"
            )


@frozen
class JobMark:
    """The marks of one job."""

    field: str
    job: str

    @classmethod
    def new(cls, field: str) -> JobMark:
        return cls(field, "".join(choice(ascii_lowercase + digits) for _ in range(_LENGTH)))

    def on(self, position: int, text: object) -> object:
        """The text of a draft with its mark; what is not a text stays as it is."""
        mark = f"[ak-{self.job}-{position}]"
        if text is None or text == "":
            return mark
        return f"{mark} {text}" if isinstance(text, str) else text

    def position(self, text: object) -> int | None:
        """The position of the draft of this job whose mark the text bears."""
        for job, position in _MARK.findall(text) if isinstance(text, str) else ():
            if job.lower() == self.job:
                return int(position)
        return None
