"""What is read beside a passage: exact, in its place, and within its share of the tokens."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Article
from indexing.chunking import Chunker
from indexing.context import sentence_after, sentence_before, sentences_of
from indexing.display import display_text
from indexing.shape import Context, PassageShape
from tests.indexing.chunks import BODIES, SENTENCES, PieceCounter, article, identity

DAY = datetime(2024, 3, 12, 22, 30, tzinfo=UTC)
NEWS = replace(
    article(
        f"{SENTENCES['ar'] * 14}\n\nشراكة استراتيجية\n\n{SENTENCES['fa'] * 20}".strip(),
        title="وقّعت موسكو",
    ),
    published_at=DAY,
)


def chunker(*context: Context, lexical: tuple[Context, ...] = (), max_tokens: int = 512) -> Chunker:
    return Chunker(
        PieceCounter(),
        embedder=identity(max_tokens),
        shape=PassageShape(context=context, lexical_context=lexical),
    )


def texts(chosen: Chunker, given_article: Article = NEWS) -> list[str]:
    return [
        chosen.embedding_text(given_article, passage) for passage in chosen.split(given_article)
    ]


def test_without_context_the_passage_stands_alone() -> None:
    chosen = chunker()

    assert texts(chosen) == [passage.text for passage in chosen.split(NEWS)]


def test_title_date_and_heading_stand_above_the_passage_on_a_line_each() -> None:
    last = texts(chunker(Context.HEADING, Context.DATE, Context.TITLE))[-1]

    assert last.startswith("وقّعت موسكو\n2024-03-12\nشراكة استراتيجية\nرئیس‌جمهور")


def test_what_the_passage_begins_with_is_not_told_twice() -> None:
    chosen = chunker(Context.TITLE, Context.HEADING)
    passages = chosen.split(NEWS)
    under = next(one for one in passages if one.text.startswith("شراكة استراتيجية"))

    assert texts(chosen)[0] == passages[0].text
    assert chosen.embedding_text(NEWS, under) == f"وقّعت موسكو\n{under.text}"


def test_what_is_not_known_of_an_article_is_left_out() -> None:
    bare = replace(NEWS, title="", published_at=None, body=SENTENCES["en"].strip())

    assert texts(chunker(*Context), bare) == [bare.body]


def test_neighbouring_sentences_stand_around_the_passage() -> None:
    body = "\n\n".join(f"بداية {n} هنا. {SENTENCES['ar'] * 9}نهاية {n} هنا." for n in range(6))
    numbered = article(body, title="")

    found = texts(chunker(Context.BEFORE, Context.AFTER), numbered)

    assert found[0].startswith("بداية 0 هنا. ")
    assert found[0].endswith("نهاية 0 هنا. بداية 1 هنا.")
    assert found[1].startswith("نهاية 0 هنا. بداية 1 هنا. ")
    assert found[-1].endswith("نهاية 5 هنا.")


@pytest.mark.parametrize(
    ("above", "sentence"),
    [
        ("", ""),
        ("  \n", ""),
        ("جملة أولى. جملة ثانية؟ ", "جملة ثانية؟"),
        ("جملة أولى.\nسطر بلا نهاية\n\n", "سطر بلا نهاية"),
        ("خبر.\n\nشاركها.\n\n", ""),
        ("莫斯科签署。双方同意。", "双方同意。"),
        ("فاز 🇸🇦 3–1! قال Putin: “نعم.” ", "قال Putin: “نعم.”"),
        ("\u200fمی‌خواهم. ", "\u200fمی‌خواهم."),
    ],
)
def test_the_sentence_before_is_the_last_one_above(above: str, sentence: str) -> None:
    assert sentence_before(above + "المقطع.", len(above)) == sentence


@pytest.mark.parametrize(
    ("below", "sentence"),
    [
        ("", ""),
        ("\n\n  ", ""),
        (" جملة أولى. جملة ثانية؟", "جملة أولى."),
        ("\n\nاقرأ أيضاً: خبر آخر\n\nنص.", ""),
        ("双方同意。结束。", "双方同意。"),
        ("\n👨‍👩‍👧 family! نعم", "👨‍👩‍👧 family!"),
    ],
)
def test_the_sentence_after_is_the_first_one_below(below: str, sentence: str) -> None:
    assert sentence_after("المقطع." + below, len("المقطع.")) == sentence


@given(st.text(max_size=200))
def test_the_sentences_of_a_line_add_up_to_it(line: str) -> None:
    assert "".join(sentences_of(line)) == line


def test_the_word_index_may_read_another_context() -> None:
    chosen = chunker(Context.TITLE, lexical=(Context.DATE,))
    last = chosen.split(NEWS)[-1]

    assert chosen.lexical_text(NEWS, last) == f"2024-03-12\n{last.text}"
    assert chosen.embedding_text(NEWS, last) == f"وقّعت موسكو\n{last.text}"


@settings(max_examples=60, deadline=None)
@given(
    body=BODIES,
    title=st.text(max_size=500),
    context=st.sets(st.sampled_from(list(Context)), min_size=1),
    max_tokens=st.sampled_from([384, 512]),
)
def test_any_context_and_the_passage_fit_the_embedder_together(
    body: str, title: str, context: set[Context], max_tokens: int
) -> None:
    body = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")
    chosen = chunker(*context, max_tokens=max_tokens)
    dated = replace(article(body, title=title), published_at=DAY)

    for passage in chosen.split(dated):
        text = chosen.embedding_text(dated, passage)
        assert passage.text in text
        assert passage.text == body[passage.start : passage.end]
        assert PieceCounter().count_tokens(["passage: " + text])[0] + 4 <= max_tokens
