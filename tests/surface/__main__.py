"""``python -m tests.surface`` prints the public surface, as ``public.surface`` holds it."""

from __future__ import annotations

import sys

from tests.surface.surface import surface

sys.stdout.write(surface())
