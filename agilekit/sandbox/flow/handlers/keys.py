"""Authentication keys: POST /authentication adds one, DELETE /authentication/key removes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.messages import Refusal

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.messages import Response

# POST /authentication: there is a limit of 10 keys.
MAX_KEYS: Final = 10


def add_key(call: Call) -> Response:
    # Only the first key of the console may add another.
    if call.key != call.keys[0]:
        raise Refusal(403, "Permission Denied")
    if len(call.keys) >= MAX_KEYS:
        raise Refusal(400, f"There are {MAX_KEYS} keys already")
    return call.answer("authentication", {"authentication_key": call.add_key()})


def delete_key(call: Call) -> Response:
    key = call.ids["key"]
    if key not in call.keys:
        raise Refusal(404, "There is no such key")
    call.keys.remove(key)
    return call.answer("authentication", {"authentication_key": key})
