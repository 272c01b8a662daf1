"""Locales, scoring rules and sprint story statuses, which need no credentials and never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.catalogue import LOCALES, SCORING_RULES, STATUSES

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.messages import Response


def list_locales(call: Call) -> Response:
    return call.respond_list(
        "locales", "locale", [serializers.locale(it) for it in LOCALES.values()]
    )


def retrieve_locale(call: Call) -> Response:
    return call.respond("locale", serializers.locale(call.find("locale_id", LOCALES)))


def list_scoring_rules(call: Call) -> Response:
    values = [serializers.scoring_rule(it) for it in SCORING_RULES.values()]
    return call.respond_list("scoring_rules", "scoring_rule", values)


def retrieve_scoring_rule(call: Call) -> Response:
    rule = call.find("scoring_rule_id", SCORING_RULES)
    return call.respond("scoring_rule", serializers.scoring_rule(rule))


def list_statuses(call: Call) -> Response:
    values = [serializers.status(it) for it in STATUSES.values()]
    return call.respond_list("sprint_story_statuses", "sprint_story_status", values)


def retrieve_status(call: Call) -> Response:
    status = call.find("sprint_story_status_id", STATUSES)
    return call.respond("sprint_story_status", serializers.status(status))
