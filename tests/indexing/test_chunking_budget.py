"""Passages stay within their budget of tokens and time, whatever they are cut from."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from indexing.chunking import Chunker
from indexing.cleaning import find_boilerplate
from indexing.display import display_text, has_visible_text
from indexing.shape import MAX_PASSAGE_TOKENS
from tests.indexing.chunks import (
    BODIES,
    CHUNKER,
    SENTENCES,
    PieceCounter,
    article,
    identity,
    require_exact_cover,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
def test_passages_slice_back_cover_the_body_and_keep_the_budget(body: str) -> None:
    normal = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")

    passages = CHUNKER.split(article(normal))

    require_exact_cover(normal, passages)
    for passage in passages:
        assert passage.tokens == PieceCounter().count_tokens([passage.text])[0]
        assert passage.tokens <= MAX_PASSAGE_TOKENS
    if has_visible_text(normal) and not find_boilerplate(normal):
        assert passages


@settings(max_examples=60, deadline=None)
@given(body=BODIES, title=st.text(max_size=1_000), max_tokens=st.sampled_from([128, 256, 512]))
def test_title_and_passage_together_fit_the_embedder(
    body: str, title: str, max_tokens: int
) -> None:
    body = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")
    chunker = Chunker(PieceCounter(), embedder=identity(max_tokens))
    given_article = article(body, title=title)

    for passage in chunker.split(given_article):
        text = chunker.embedding_text(given_article, passage)
        assert text.endswith(passage.text)
        prompted = PieceCounter().count_tokens(["passage: " + text])[0]
        assert prompted + 4 <= max_tokens


@pytest.mark.parametrize(
    "cluster",
    ["👨‍👩‍👧‍👦", "🇪🇬", "👍🏽", "e\u0301\u0323", "क्षि", "ก็", "ب\u0651\u064e", "❤️‍🔥", "1️⃣"],
)
def test_a_forced_cut_falls_between_characters_as_readers_see_them(cluster: str) -> None:
    body = cluster * 1_000

    passages = CHUNKER.split(article(body))

    assert len(passages) > 1
    for passage in passages:
        assert passage.text == cluster * (len(passage.text) // len(cluster))


def megabyte(language: str, *, line_end: str) -> str:
    text = (SENTENCES[language] * 9).strip() + line_end
    size = len(text.encode())
    return text * (1_000_000 // size + 1)


@pytest.mark.parametrize(
    "body",
    [
        megabyte("ar", line_end="\n\n"),
        megabyte("ar", line_end=" "),
        megabyte("zh", line_end=""),
        megabyte("th", line_end=" "),
        "ก" * 100_000,
        "كلمة " * 40_000,
        "." * 300_000,
        ". " * 100_000,
        "a" + " " * 300_000 + "b",
        "🇪🇬" * 40_000,
        "a" + "\u0301" * 200_000,
        "aB3dE5fG7h" * 30_000,
        "سطر\n" * 40_000,
        "(" * 300_000,
        "”" * 100_000,
    ],
    ids=[
        "arabic", "arabic-line", "chinese-line", "thai-line", "no-separator", "words", "dots",
        "dots-apart", "spaces", "flags", "marks", "base64", "short-lines", "brackets", "quotes",
    ],
)  # fmt: skip
def test_a_megabyte_takes_seconds_and_so_do_texts_made_to_hurt(body: str) -> None:
    begun = time.process_time()

    passages = CHUNKER.split(article(body))

    assert time.process_time() - begun < 20
    assert max(passage.tokens for passage in passages) <= MAX_PASSAGE_TOKENS
    assert max(len(passage.text) for passage in passages) <= 16 * MAX_PASSAGE_TOKENS
    require_exact_cover(body, passages)


@pytest.mark.parametrize("title", ["عنوان طويل " * 80, "标" * 900, "标" * 900 + " end", "x" * 999])
def test_a_long_title_is_cut_to_its_share(title: str) -> None:
    long = article(SENTENCES["ar"] * 20, title=title)
    passage = CHUNKER.split(long)[0]

    shown = CHUNKER.embedding_text(long, passage).partition("\n")[0]

    assert title.startswith(shown)
    assert 40 <= PieceCounter().count_tokens([shown])[0] <= 64


def test_a_title_that_cannot_be_cut_is_left_out() -> None:
    class Heavy(PieceCounter):
        """One letter of the title alone is more than its share."""

        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            counts = super().count_tokens(texts)
            return [99 if "ꙮ" in text else n for text, n in zip(texts, counts, strict=True)]

    heavy = article(SENTENCES["ar"] * 20, title="ꙮ")
    chunker = Chunker(Heavy(), embedder=identity())
    passage = chunker.split(heavy)[0]

    assert chunker.embedding_text(heavy, passage) == passage.text


def test_a_model_of_short_input_gets_shorter_passages() -> None:
    chunker = Chunker(PieceCounter(), embedder=identity(128))

    passages = chunker.split(article(SENTENCES["ar"] * 20))

    assert max(passage.tokens for passage in passages) <= 90
    assert chunker.version != CHUNKER.version


def test_a_model_of_no_room_is_refused() -> None:
    with pytest.raises(ConfigError, match="takes 64 tokens"):
        Chunker(PieceCounter(), embedder=identity(64))


def test_counts_that_do_not_add_up_are_mended() -> None:
    class Surprising(PieceCounter):
        """Long texts count more than their parts, as some merges do."""

        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            return [count * (3 if count > 100 else 1) for count in super().count_tokens(texts)]

    body = SENTENCES["ar"] * 40

    passages = Chunker(Surprising(), embedder=identity()).split(article(body))

    assert max(passage.tokens for passage in passages) <= MAX_PASSAGE_TOKENS
    require_exact_cover(body, passages)
