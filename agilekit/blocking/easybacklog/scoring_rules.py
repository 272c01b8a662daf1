"""The scoring rules that backlogs can have.

Generated from `agilekit.easybacklog.scoring_rules` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import ScoringRule
from agilekit.easybacklog.scoring_rules import ScoringRules as AsyncScoringRules

__all__ = ["ScoringRules"]


class ScoringRules(WrappedResource[AsyncScoringRules]):
    """``easy.scoring_rules``"""

    def all(self) -> Listing[ScoringRule]:
        """Lists the scoring rules.

        Source: easyBacklog API documentation, "List the Scoring Rules".
        """
        return self._list(self._resource.all())

    def get(self, scoring_rule: ScoringRule | int | str) -> ScoringRule:
        """Reads one scoring rule.

        Source: easyBacklog API documentation, "Retrieve a Scoring Rule".
        """
        return self._run(self._resource.get, scoring_rule)
