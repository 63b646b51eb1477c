"""How the tests of reading write their files and read them."""

import io
from pathlib import Path

from core.settings import Settings
from core.types import Article
from indexing.sources import Rejection, SourceArticle, read_sources

SETTINGS = Settings(data_dir=Path("unused"), cache_dir=Path("unused"))

PLAIN = "توقيع اتفاقية الشراكة\n\nوقّعت موسكو وبيونغ يانغ الاتفاقية في يونيو 2024.\n\nشاركها."


def articles(*paths: Path | str, stdin: bytes = b"") -> list[Article]:
    items = list(read_sources([str(p) for p in paths], settings=SETTINGS, stdin=io.BytesIO(stdin)))
    assert [item for item in items if isinstance(item, Rejection)] == []
    return [item.article for item in items if isinstance(item, SourceArticle)]


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
