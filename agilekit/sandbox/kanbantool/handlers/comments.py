"""Working with Task Comments: the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Comment


def list_comments(call: Call) -> Response:
    comments = call.task("read").comments
    return call.dress.many("comment", [call.forms.comment(one) for one in comments])


def view_comment(call: Call) -> Response:
    return _one(call, call.comment(call.task("read")))


def create_comment(call: Call) -> Response:
    task, fields = call.task("update"), call.fields("comment")
    content = fields.required("content", "can't be blank")
    fields.check(422)
    comment = call.service.add_comment(task, content, by=call.user)
    return _one(call, comment, status=call.service.created_status)


def delete_comment(call: Call) -> Response:
    """Only the last comment, while it is recent, and only by its author."""
    task = call.task("update")
    comment, service = call.comment(task), call.service
    recent = service.clock() - comment.created_at <= service.comments_recent_for
    if comment is not task.comments[-1] or comment.user_id != call.user.id or not recent:
        raise Refusal(
            422,
            "This comment cannot be deleted. "
            "Please note that only last, recent made comments can be deleted.",
        )
    task.comments.pop()
    description = f"{call.user.initials} has deleted recent comment"
    service.log(task, "comment_deleted", description, by=call.user)
    return _one(call, comment)


def _one(call: Call, comment: Comment, *, status: int = 200) -> Response:
    return call.dress.one("comment", call.forms.comment(comment), status=status)
