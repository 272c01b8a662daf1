"""Working with Task Comments: the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Comment


def list_comments(call: Call) -> Response:
    comments = call.task("read").comments
    return call.format.many("comment", [call.serializer.comment(one) for one in comments])


def view_comment(call: Call) -> Response:
    return _one(call, call.comment(call.task("read")))


def create_comment(call: Call) -> Response:
    task, params = call.task("update"), call.params("comment")
    content = params.required("content", "can't be blank")
    params.check(422)
    comment = call.account.add_comment(task, content, by=call.user)
    return _one(call, comment, status=call.options.created_status)


def delete_comment(call: Call) -> Response:
    """Only the last comment, while it is recent, and only by its author."""
    task = call.task("update")
    comment = call.comment(task)
    age = call.account.clock() - comment.created_at
    recent = age <= call.options.comments_recent_for
    if comment is not task.comments[-1] or comment.user_id != call.user.id or not recent:
        raise Refusal(
            422,
            "This comment cannot be deleted. "
            "Please note that only last, recent made comments can be deleted.",
        )
    task.comments.pop()
    call.log(task, "comment_deleted", "has deleted recent comment")
    return _one(call, comment)


def _one(call: Call, comment: Comment, *, status: int = 200) -> Response:
    return call.format.one("comment", call.serializer.comment(comment), status=status)
