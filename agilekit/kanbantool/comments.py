"""The comments on a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Board, Comment, Task
from agilekit.kanbantool.params import CommentDraft, comment_ids, task_ids
from agilekit.kanbantool.routes import (
    CREATE_COMMENT,
    DELETE_COMMENT,
    LIST_COMMENTS,
    VIEW_COMMENT,
)
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.kanbantool import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.kanbantool.specs")

__all__ = ["Comments"]


class Comments(Resource):
    """``kanban.comments``"""

    def all(self, board: Board | int | str, task: Task | int | str) -> Listing[Comment]:
        """Lists the comments on a task, the oldest first.

        Source: KanbanTool API v1.1 Guide, "Listing comments for given task".
        """
        return self._session.listing(LIST_COMMENTS, task_ids(board, task))

    async def get(
        self, board: Board | int | str, task: Task | int | str, comment: Comment | int | str
    ) -> Comment:
        """Reads one comment.

        Source: KanbanTool API v1.1 Guide, "Viewing comment details".
        """
        return await self._session.call(VIEW_COMMENT, comment_ids(board, task, comment))

    async def create(
        self, board: Board | int | str, task: Task | int | str, **draft: Unpack[CommentDraft]
    ) -> Comment:
        """Adds a comment, which cannot be changed afterwards.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Posting new comments".
        """
        ids, fields = task_ids(board, task), specs.COMMENTS.encode(draft)
        return await self._session.call(CREATE_COMMENT, ids, {"comment": fields})

    async def create_many(
        self,
        board: Board | int | str,
        task: Task | int | str,
        drafts: bulk.Drafts[CommentDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Comment]:
        """Adds a comment for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Posting new comments".
        """
        creation = specs.COMMENTS.within(self._session, task_ids(board, task))
        return await bulk.create_many(creation, drafts, **options)

    async def delete(
        self, board: Board | int | str, task: Task | int | str, comment: Comment | int | str
    ) -> Comment | None:
        """Deletes a recent comment of the token's user, and returns it as it was.

        None if a first attempt got no answer and a second found the comment gone. Raises
        Unprocessable for a comment that is not recent, or somebody else's.

        Source: KanbanTool API v1.1 Guide, "Deleting recent comments".
        """
        return await self._session.call(DELETE_COMMENT, comment_ids(board, task, comment))
