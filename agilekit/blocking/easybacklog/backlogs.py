"""The backlogs of an account.

Generated from `agilekit.easybacklog.backlogs` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.backlogs import Backlogs as AsyncBacklogs
from agilekit.easybacklog.downloads import FoldSide, PageSize, PrintFormat
from agilekit.easybacklog.models import Account, Backlog, Sprint, Theme
from agilekit.easybacklog.params import BacklogChanges, BacklogDraft
from agilekit.easybacklog.statistics import Statistics
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Backlogs"]


class Backlogs(WrappedResource[AsyncBacklogs]):
    """``easy.backlogs``"""

    def all(
        self, account: Account | int | str, *, include_archived: bool = False
    ) -> Listing[Backlog]:
        """Lists the backlogs of an account, archived ones only with `include_archived`.

        Source: easyBacklog API documentation, "List the Backlogs".
        """
        return self._list(self._resource.all(account, include_archived=include_archived))

    def get(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        *,
        associated: bool = False,
    ) -> Backlog:
        """Reads one backlog.

        associated: whether to include all its themes, stories, acceptance criteria, sprints and
            sprint stories. The service then leaves out other attributes. XML also brings the
            snapshots. The published server shows all ids in either format.

        Source: easyBacklog API documentation, "Retrieve a Backlog".
        """
        return self._run(self._resource.get, account, backlog, associated=associated)

    def statistics(self, account: Account | int | str, backlog: Backlog | int | str) -> Statistics:
        """Reads what the charts of a backlog show, in points and days.

        Source: easyBacklog API documentation, "Retrieve backlog statistics".
        """
        return self._run(self._resource.statistics, account, backlog)

    def create(self, account: Account | int | str, **draft: Unpack[BacklogDraft]) -> Backlog:
        """Creates a backlog.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Backlog".
        """
        return self._run(self._resource.create, account, **draft)

    def create_many(
        self,
        account: Account | int | str,
        drafts: bulk.Drafts[BacklogDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Backlog]:
        """Creates a backlog for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create a Backlog".
        """
        return self._run(self._resource.create_many, account, taken_here(drafts), **options)

    def update(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        **changes: Unpack[BacklogChanges],
    ) -> None:
        """Changes a backlog; `archive` and `restore` do only that.

        The published server sets the company of a backlog to none with every update, whatever
        `company_id` says.

        Raises InvalidInput if there is nothing to change, Forbidden for an archived backlog.

        Source: easyBacklog API documentation, "Update a Backlog".
        """
        self._run(self._resource.update, account, backlog, **changes)

    def archive(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Archives a backlog, which locks it.

        The published server sets its company to none, and `restore` leaves it so.

        Source: easyBacklog API documentation, "Update a Backlog".
        """
        self._run(self._resource.archive, account, backlog)

    def restore(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Takes a backlog out of the archive.

        Source: easyBacklog API documentation, "Update a Backlog".
        """
        self._run(self._resource.restore, account, backlog)

    def duplicate(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        *,
        wait: bool = False,
        **draft: Unpack[BacklogDraft],
    ) -> Backlog:
        """Copies a backlog with its themes, stories and acceptance criteria, but not its sprints.

        wait: whether to return only when everything is copied. The service answers before it is.

        Raises UnknownOutcome if nothing tells whether it was copied; it is never sent twice.
        With `wait`, raises DeadlineExceeded, naming the copy, if it was made but is not whole
        before the deadline.

        Source: easyBacklog API documentation, "Duplicate a Backlog".
        """
        return self._run(self._resource.duplicate, account, backlog, wait=wait, **draft)

    def delete(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Deletes a backlog.

        Source: easyBacklog API documentation, "Delete a Backlog".
        """
        self._run(self._resource.delete, account, backlog)

    def download(
        self,
        account: Account | int | str,
        backlog: Backlog | int | str,
        to: str | PathLike[str],
        *,
        format: PrintFormat,
        print_scope: Sprint | Theme | None = None,
        page_size: PageSize | None = None,
        fold_side: FoldSide | None = None,
    ) -> Path:
        """Writes a backlog to the file `to`: whole, or not at all.

        format: ``"xls"``, a workbook (SpreadsheetML) of the backlog and of its stories; or
            ``"pdf"``, story cards to be printed on both sides.
        print_scope: the sprint or the theme whose cards are wanted; None for all. This and the
            following only for a PDF.
        fold_side: the side on which the sheets are turned.

        Raises InvalidInput if the file cannot be written.

        Source: easyBacklog API documentation, "Retrieve a Backlog".
        """
        return self._run(
            self._resource.download,
            account,
            backlog,
            to,
            format=format,
            print_scope=print_scope,
            page_size=page_size,
            fold_side=fold_side,
        )
