"""``python -m scripts.blocking`` writes agilekit/blocking anew, but for what is written by hand."""

from __future__ import annotations

from scripts.blocking.modules import texts

if __name__ == "__main__":
    for path, text in texts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
