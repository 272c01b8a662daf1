"""The backlogs of an account."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.downloads import FoldSide, PageSize, PrintFormat, download_document
from agilekit.easybacklog.models import Account, Backlog, Sprint, Theme
from agilekit.easybacklog.params import (
    BACKLOG_FIELDS,
    BacklogChanges,
    BacklogDraft,
    flag,
    with_children,
)
from agilekit.easybacklog.polling import until_ready
from agilekit.easybacklog.routes import (
    CREATE_BACKLOG,
    DELETE_BACKLOG,
    DUPLICATE_BACKLOG,
    LIST_BACKLOGS,
    RETRIEVE_BACKLOG,
    RETRIEVE_STATISTICS,
    UPDATE_BACKLOG,
)
from agilekit.easybacklog.statistics import Statistics
from agilekit.first_use import FirstUse
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.easybacklog import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.easybacklog.specs")

__all__ = ["Backlogs"]


class Backlogs(Resource):
    """``easy.backlogs``"""

    def all(
        self, account: Account | int | str, *, include_archived: bool = False
    ) -> Listing[Backlog]:
        """Lists the backlogs of an account, archived ones only with `include_archived`.

        Source: easyBacklog API documentation, "List the Backlogs".
        """
        query = flag("include_archived", include_archived)
        return self._session.listing(LIST_BACKLOGS, _in(account), query)

    async def get(
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
        query = with_children(associated)
        return await self._session.call(RETRIEVE_BACKLOG, _ids(account, backlog), query=query)

    async def statistics(
        self, account: Account | int | str, backlog: Backlog | int | str
    ) -> Statistics:
        """Reads what the charts of a backlog show, in points and days.

        Source: easyBacklog API documentation, "Retrieve backlog statistics".
        """
        return await self._session.call(RETRIEVE_STATISTICS, _ids(account, backlog))

    async def create(self, account: Account | int | str, **draft: Unpack[BacklogDraft]) -> Backlog:
        """Creates a backlog.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Backlog".
        """
        body = specs.BACKLOGS.encode(draft)
        return await self._session.call(CREATE_BACKLOG, _in(account), body)

    async def create_many(
        self,
        account: Account | int | str,
        drafts: bulk.Drafts[BacklogDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Backlog]:
        """Creates a backlog for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create a Backlog".
        """
        ids, query = _in(account), flag("include_archived", True)
        creation = specs.BACKLOGS.within(self._session, ids, query=query)
        return await bulk.create_many(creation, drafts, **options)

    async def update(
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
        await self._session.call(
            UPDATE_BACKLOG, _ids(account, backlog), encode_changes(changes, BACKLOG_FIELDS)
        )

    async def archive(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Archives a backlog, which locks it.

        The published server sets its company to none, and `restore` leaves it so.

        Source: easyBacklog API documentation, "Update a Backlog".
        """
        await self._session.call(UPDATE_BACKLOG, _ids(account, backlog), {"archived": "true"})

    async def restore(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Takes a backlog out of the archive.

        Source: easyBacklog API documentation, "Update a Backlog".
        """
        await self._session.call(UPDATE_BACKLOG, _ids(account, backlog), {"archived": "false"})

    async def duplicate(
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
        ids, body = _ids(account, backlog), specs.BACKLOGS.encode(draft)
        deadline = self._session.deadline_from_now()
        copy = await self._session.call(DUPLICATE_BACKLOG, ids, body, deadline=deadline)
        if not wait:
            return copy
        ids = {**ids, "BACKLOG_ID": copy.id}
        what = f"the backlog {copy.id}"
        return await until_ready(self._session, RETRIEVE_BACKLOG, ids, what, deadline=deadline)

    async def delete(self, account: Account | int | str, backlog: Backlog | int | str) -> None:
        """Deletes a backlog.

        Source: easyBacklog API documentation, "Delete a Backlog".
        """
        await self._session.call(DELETE_BACKLOG, _ids(account, backlog))

    async def download(
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
        return await download_document(
            self._session,
            RETRIEVE_BACKLOG,
            _ids(account, backlog),
            to,
            format=format,
            print_scope=print_scope,
            page_size=page_size,
            fold_side=fold_side,
        )


def _in(account: object) -> dict[str, int]:
    return {"ACCOUNT_ID": id_of(account, Account)}


def _ids(account: object, backlog: object) -> dict[str, int]:
    return {**_in(account), "BACKLOG_ID": id_of(backlog, Backlog)}
