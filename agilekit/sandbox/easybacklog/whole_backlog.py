"""A backlog or a snapshot in one piece, in each of the four formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import downloads, negotiation
from agilekit.sandbox.easybacklog.backlog_json import backlog_json
from agilekit.sandbox.easybacklog.backlog_xml import backlog_xml
from agilekit.sandbox.easybacklog.catalogue import SCORING_RULES

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.easybacklog.state import Backlog, Story
    from agilekit.sandbox.messages import Response

_PRINT_SCOPE: Final = re.compile(r"(sprint|theme)-(\d{1,11})")


def whole_backlog(call: Call, backlog: Backlog) -> Response:
    # A rule that does not exist is stored, but then the server cannot show the whole.
    if backlog.scoring_rule_id is not None and backlog.scoring_rule_id not in SCORING_RULES:
        raise call.not_found()
    match call.format:
        case "json":
            privilege = call.store.accounts[backlog.account_id].privilege
            value = backlog_json(
                call.store,
                backlog,
                editable=privilege == "full",
                status_editable=privilege in ("readstatus", "full"),
            )
            return call.respond("backlog", value)
        case "xml":
            whole = backlog_xml(call.store, backlog, call.options.renderer.illegal)
            return negotiation.xml_response(whole)
        case "xls":
            return downloads.xls(call.store, backlog)
        case "pdf":
            size = str(call.parameters.get("page_size") or "A4")
            return downloads.pdf(call.store, backlog, _printed(call, backlog), size)


def _printed(call: Call, backlog: Backlog) -> list[Story]:
    """The stories that ``print_scope`` names: all, those of a sprint or theme, or none."""
    store = call.store
    scope = _PRINT_SCOPE.search(str(call.parameters.get("print_scope")))
    if scope and scope[1] == "sprint":
        sprints = [one for one in backlog.sprints if one == int(scope[2])]
        assigned = [one for sprint in sprints for one in store.sprints[sprint].stories]
        return [store.stories[store.sprint_stories[one].story_id] for one in assigned]
    themes = [one for one in backlog.themes if not scope or one == int(scope[2])]
    return [store.stories[one] for theme in themes for one in store.themes[theme].stories]
