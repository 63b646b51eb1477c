"""A small archive with vectors, for every test of a store."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from core.backends.validation import MAX_TERM_ID
from core.identity import EmbedderIdentity, IndexIdentity
from core.ids import content_hash, passage_id
from core.types import (
    Article,
    ArticleStatus,
    Correction,
    EmbeddedArticle,
    EmbeddedPassage,
    Passage,
    SparseVector,
    StoredArticle,
    Vectors,
)

DIMENSION = 8

ROOMY_BYTES = 2 * 2**30


@contextmanager
def quick_folder(fallback: Path) -> Iterator[Path]:
    """A folder in memory where the machine has room there, else `fallback`.

    The engine syncs some seventy files at every flush, which a busy disk makes slow. Memory
    outlives a killed process just as a disk does.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < ROOMY_BYTES:
        yield fallback
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="sanad-test-") as folder:
        yield Path(folder)


def identity_of(*, model: str = "test-model", dimension: int = DIMENSION) -> IndexIdentity:
    embedder = EmbedderIdentity(
        model=model,
        revision="r1",
        dimension=dimension,
        pooling="mean",
        precision="float32",
        query_prompt="query: ",
        passage_prompt="passage: ",
        max_tokens=512,
    )
    return IndexIdentity(
        embedder=embedder, chunker="c1", normaliser="n1", lexical="l1", tokens="t1"
    )


def unit(*values: float) -> Vectors:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(values)] = values
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def random_unit(seed: int, *, dimension: int = DIMENSION) -> Vectors:
    vector = np.random.default_rng(seed).standard_normal(dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def terms(*ids: int, weight: float = 1.0) -> SparseVector:
    ordered = tuple(sorted(set(ids)))
    return SparseVector(indices=ordered, values=(weight,) * len(ordered))


def embedded(
    article: Article,
    *,
    spans: Sequence[tuple[int, int]] | None = None,
    dense: Sequence[Vectors] | None = None,
    lexical: Sequence[SparseVector] | None = None,
    languages: Sequence[str] | None = None,
    version: int = 1,
) -> EmbeddedArticle:
    """`article` with one passage a span; the whole body if no spans are given."""
    if spans is None:
        spans = [(0, len(article.body))] if article.status is ArticleStatus.USABLE else []
    digest = content_hash(article)
    passages = tuple(
        EmbeddedPassage(
            passage=Passage(
                id=passage_id(article.id, order, digest),
                article_id=article.id,
                order=order,
                start=start,
                end=end,
                text=article.body[start:end],
                language=article.language if languages is None else languages[order],
                tokens=end - start,
                heading="عنوان فرعي" if order else None,
            ),
            dense=random_unit(order + len(article.body)) if dense is None else dense[order],
            lexical=terms(order + 1) if lexical is None else lexical[order],
        )
        for order, (start, end) in enumerate(spans)
    )
    stored = StoredArticle(
        article=article, content_hash=digest, version=version, passage_count=len(passages)
    )
    return EmbeddedArticle(stored=stored, passages=passages)


def brief(article_id: str, body: str = "نص قصير.", **fields: object) -> Article:
    """An article of which nothing is known but the body, unless `fields` says more."""
    values: dict[str, object] = {"title": "عنوان", "language": "ar", **fields}
    return Article(id=article_id, body=body, **values)  # type: ignore[arg-type]  # test shorthand


FULL = Article(
    id="wam/2024-06-19#1 🕊",
    title="بوتين وكيم يوقّعان «شراكة استراتيجية شاملة» (Pyongyang)",
    body=(
        "وقّع الرئيسان في بيونغ يانغ معاهدة شراكة في ١٩ يونيو ٢٠٢٤.\n\n"
        "The treaty has 23 articles — «پیمان جامع» به فارسی.\n"
        "朝鲜与俄罗斯签署条约。 👩‍👩‍👧‍👦🇵🇸 \u202bمن اليمين\u202c \x00 e\u0301"
    ),
    language="ar",
    url="https://example.org/أخبار/١?q=a&b=ç#top",
    published_at=datetime(2024, 6, 19, 12, 30, 15, 123456, tzinfo=UTC),
    updated_at=datetime(2024, 6, 20, 1, 2, 3, tzinfo=timezone(timedelta(hours=9))),
    source="وكالة الأنباء",
    authors=("سارة النجار", "Jean-Luc Ñandú", "李明"),
    section="سياسة",
    tags=("روسيا", "كوريا الشمالية", "accord"),
    status=ArticleStatus.USABLE,
    embargoed_until=datetime(2024, 6, 19, 12, 0, tzinfo=UTC),
    corrections=(
        Correction(at=datetime(2024, 6, 21, tzinfo=UTC), text="صُحّح عدد المواد إلى ٢٣"),
        Correction(at=datetime(2024, 6, 22, 8, 15, tzinfo=UTC), text="更正：日期 🗓"),
    ),
)

BARE = Article(id="bare", title="", body="x", language="und")

LARGEST_TERM = MAX_TERM_ID


ARCHIVE = [
    embedded(article, dense=[unit(1, 0.1)], lexical=[terms(1)])
    for article in (
        brief("ar-1", source="وفا", section="سياسة", tags=("غزة", "هدنة")),
        brief("ar-2", source="WAM", section="رياضة", tags=("كرة",),
              published_at=datetime(2024, 1, 1, tzinfo=UTC)),
        brief("en-1", language="en", source="WAM", section="سياسة", tags=("هدنة",),
              published_at=datetime(2024, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)),
        brief("zh-1", "签署条约", language="zh", source="新华社", section="politics",
              published_at=datetime(2025, 3, 1, 12, tzinfo=UTC)),
    )
]  # fmt: skip
