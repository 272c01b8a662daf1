"""A recorded session with a running easyBacklog: 192 requests, and what each answer was."""

from tests.sandbox.easybacklog.recorded.accounts import ACCOUNTS
from tests.sandbox.easybacklog.recorded.copies import COPIES
from tests.sandbox.easybacklog.recorded.exchange import Exchange
from tests.sandbox.easybacklog.recorded.sprints import SPRINTS
from tests.sandbox.easybacklog.recorded.stories import STORIES
from tests.sandbox.easybacklog.recorded.themes import THEMES

EXCHANGES: tuple[Exchange, ...] = (*ACCOUNTS, *THEMES, *STORIES, *SPRINTS, *COPIES)
