"""Files of connections."""

from __future__ import annotations

from pathlib import Path

SECRET = "s3cret-of-nobody"

WHOLE = f"""
secrets_in_this_file = true

[connections.donut]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
username = "jane.smith"
secret = "{SECRET}"

[connections.board]
service = "flow"
board = "midori"
user_id = 1
key = "{SECRET}"
format = "xml"

[connections.stories]
service = "easybacklog"
base_url = "http://localhost:3000/api"
user_id = 981
key = "{SECRET}"
override = true

[connections.work]
service = "kanbantool"
account = "mycompany"
token = "{SECRET}"
concurrency = 4
rate = 5
timeout = 3.5
deadline = 60
retries = 2
"""


def connection(file: Path, *lines: str) -> None:
    content = ["[connections.work]", 'service = "kanbantool"', 'account = "mycompany"', *lines]
    file.write_text("\n".join(content), encoding="utf-8")
