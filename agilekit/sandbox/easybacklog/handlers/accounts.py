"""Accounts. A sandbox has one user; what that user may do is a matter of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog import defaults, serializers
from agilekit.sandbox.easybacklog.catalogue import LOCALES, SCORING_RULES

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.messages import Response

_IGNORED = ("defaults_set", "days_estimatable", "has_company")


def list_accounts(call: Call) -> Response:
    visible = [it for it in call.store.accounts.values() if it.privilege != "none"]
    return call.respond_list("accounts", "account", [serializers.account(it) for it in visible])


def retrieve_account(call: Call) -> Response:
    return call.respond("account", serializers.account(call.account()))


def update_account(call: Call) -> Response:
    account = call.account()
    call.require_privilege(account.id, "full", "edit this account")
    params = call.permit(
        "name", "locale_id", "scoring_rule_id", *defaults.ATTRIBUTES, ignored=_IGNORED
    )
    name = params.required("name", account.name)
    if any(it.name == name for it in call.store.accounts.values() if it is not account):
        params.refuse("name", "has already been taken")
    locale = params.integer("locale_id", account.locale_id)
    if locale not in LOCALES:
        params.refuse("locale_id", "can't be blank")
    rule = params.integer("scoring_rule_id", account.scoring_rule_id)
    if rule is not None and rule not in SCORING_RULES:
        params.refuse("scoring_rule_id", "does not exist")
    defaults.apply_defaults(params, account)
    account.name, account.scoring_rule_id = name, rule
    account.locale_id = locale or account.locale_id
    account.updated_at = call.store.clock()
    return call.respond_empty()
