"""A recorded conversation with a running easyBacklog: 192 requests, and what each answer was."""

from tests.sandbox.easybacklog.recorded.exchange import Exchange
from tests.sandbox.easybacklog.recorded.of_accounts import ACCOUNTS
from tests.sandbox.easybacklog.recorded.of_copies import COPIES
from tests.sandbox.easybacklog.recorded.of_sprints import SPRINTS
from tests.sandbox.easybacklog.recorded.of_stories import STORIES
from tests.sandbox.easybacklog.recorded.of_themes import THEMES

CONVERSATION: tuple[Exchange, ...] = (*ACCOUNTS, *THEMES, *STORIES, *SPRINTS, *COPIES)
