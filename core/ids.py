"""Stable ids: the same article and text always get the same ids, on every machine."""

import hashlib
import json
from dataclasses import asdict
from uuid import UUID, uuid5

from core.types import Article

_NAMESPACE = UUID("6f0c1c5e-6f4e-5d0a-9b1e-3d2f5a7c9e10")


def content_hash(article: Article) -> str:
    """32 hex digits over every field of `article`: any change of any field changes it."""
    canonical = json.dumps(
        asdict(article), ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:32]


def passage_id(article_id: str, order: int, article_hash: str) -> str:
    """UUIDv5 of article id, position and content hash."""
    return str(uuid5(_NAMESPACE, f"passage\x1f{article_id}\x1f{order}\x1f{article_hash}"))


def article_point_id(article_id: str) -> str:
    """UUIDv5 under which the store keeps the article itself."""
    return str(uuid5(_NAMESPACE, f"article\x1f{article_id}"))


def derived_article_id(text: str) -> str:
    """An id for an article that came without one: a digest of `text`, 16 hex digits."""
    return "a-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
