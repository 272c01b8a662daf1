"""The scoring rules that backlogs can have."""

from __future__ import annotations

from agilekit.checks import id_of
from agilekit.easybacklog.models import ScoringRule
from agilekit.easybacklog.routes import LIST_SCORING_RULES, RETRIEVE_SCORING_RULE
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["ScoringRules"]


class ScoringRules(Resource):
    """``easy.scoring_rules``"""

    def all(self) -> Listing[ScoringRule]:
        """Lists the scoring rules.

        Source: easyBacklog API documentation, "List the Scoring Rules".
        """
        return self._session.listing(LIST_SCORING_RULES, {})

    async def get(self, scoring_rule: ScoringRule | int | str) -> ScoringRule:
        """Reads one scoring rule.

        Source: easyBacklog API documentation, "Retrieve a Scoring Rule".
        """
        ids = {"SCORING_RULE_ID": id_of(scoring_rule, ScoringRule)}
        return await self._session.call(RETRIEVE_SCORING_RULE, ids)
