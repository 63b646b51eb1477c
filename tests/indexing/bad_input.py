"""What the tests of bad input put beside it."""

import json
from pathlib import Path

from core.settings import Settings

GOOD = {"id": "سليم-1", "title": "توقيع الاتفاقية", "body": "وقّع الطرفان الاتفاقية في الرياض."}
ARABIC = "وقّعت موسكو وبيونغ يانغ اتفاقية الشراكة.\n"


def settings(**values: int) -> Settings:
    return Settings(data_dir=Path("unused"), cache_dir=Path("unused"), **values)


SETTINGS = settings(max_article_chars=2_000, max_source_bytes=10_000)


def record(**values: object) -> bytes:
    return json.dumps({**GOOD, "id": "bad", **values}).encode()


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
