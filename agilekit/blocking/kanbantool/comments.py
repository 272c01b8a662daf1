"""The comments on a task.

Generated from `agilekit.kanbantool.comments` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.kanbantool.comments import Comments as AsyncComments
from agilekit.kanbantool.models import Board, Comment, Task
from agilekit.kanbantool.params import CommentDraft

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Comments"]


class Comments(WrappedResource[AsyncComments]):
    """``kanban.comments``"""

    def all(self, board: Board | int | str, task: Task | int | str) -> Listing[Comment]:
        """Lists the comments on a task, the oldest first.

        Source: KanbanTool API v1.1 Guide, "Listing comments for given task".
        """
        return self._list(self._resource.all(board, task))

    def get(
        self, board: Board | int | str, task: Task | int | str, comment: Comment | int | str
    ) -> Comment:
        """Reads one comment.

        Source: KanbanTool API v1.1 Guide, "Viewing comment details".
        """
        return self._run(self._resource.get, board, task, comment)

    def create(
        self, board: Board | int | str, task: Task | int | str, **draft: Unpack[CommentDraft]
    ) -> Comment:
        """Adds a comment, which cannot be changed afterwards.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Posting new comments".
        """
        return self._run(self._resource.create, board, task, **draft)

    def create_many(
        self,
        board: Board | int | str,
        task: Task | int | str,
        drafts: bulk.Drafts[CommentDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Comment]:
        """Adds a comment for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Posting new comments".
        """
        return self._run(self._resource.create_many, board, task, taken_here(drafts), **options)

    def delete(
        self, board: Board | int | str, task: Task | int | str, comment: Comment | int | str
    ) -> Comment | None:
        """Deletes a recent comment of the token's user, and returns it as it was.

        None if a first attempt got no answer and a second found the comment gone. Raises
        Unprocessable for a comment that is not recent, or somebody else's.

        Source: KanbanTool API v1.1 Guide, "Deleting recent comments".
        """
        return self._run(self._resource.delete, board, task, comment)
