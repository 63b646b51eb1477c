"""Quotes, their links and their sentences are exact in every script."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical import terms
from core.types import Article
from retrieval.citations import cite, deep_link
from retrieval.sentences import Span, split_sentences
from retrieval.signals import expects_figure, figures, term_coverage, term_overlap
from retrieval.verification import holds

BODY = (
    "قال الوزير: «وقّعنا الاتفاق». وأضاف أن NATO وافق 🙂.\n\n"
    "他说：协议已签署。下一步是批准。\nสวัสดีครับ ข่าววันนี้"
)
ARTICLE = Article(id="a", title="t", body=BODY, language="ar", url="https://x.example/a")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 40))
def test_a_citation_resolves_to_its_own_characters(start: int, length: int) -> None:
    end = min(len(BODY), start + length)
    citation = cite(ARTICLE, number=1, start=start, end=end)
    assert citation.quote == BODY[start:end]
    assert citation.prefix + citation.quote + citation.suffix in BODY
    assert holds(ARTICLE, citation)


def test_a_citation_of_another_text_does_not_hold() -> None:
    citation = cite(ARTICLE, number=1, start=0, end=9)
    other = Article(id="a", title="t", body="x" + BODY, language="ar")
    assert not holds(other, citation)


def test_a_short_quote_is_linked_whole_and_reserved_characters_are_encoded() -> None:
    link = deep_link("https://x.example/a?b=1", "F-16، وقّع & مضى")
    assert link == "https://x.example/a?b=1#:~:text=" + link.partition(":~:text=")[2]
    fragment = link.partition(":~:text=")[2]
    assert unquote(fragment) == "F-16، وقّع & مضى"
    assert not set("-,&") & set(fragment)


@pytest.mark.parametrize("quote", ["كلمة " * 40, "字" * 200, "سطر أول هنا\n\nسطر ثان هنا"])
def test_a_long_quote_is_linked_by_its_edges(quote: str) -> None:
    first, comma, last = (
        deep_link("https://x.example/a", quote).partition("text=")[2].partition(",")
    )
    assert comma
    assert quote.strip().startswith(unquote(first))
    assert quote.strip().endswith(unquote(last))


def test_a_page_anchor_and_an_older_fragment_are_kept_apart() -> None:
    assert deep_link("https://x.example/a#part", "نص").startswith(
        "https://x.example/a#part:~:text="
    )
    assert deep_link("https://x.example/a#:~:text=old", "new").endswith("#:~:text=new")


@given(st.text(max_size=300), st.sampled_from(["ar", "en", "zh", "th", "fa", "und", "xx"]))
def test_sentences_cover_every_visible_character_once(text: str, language: str) -> None:
    spans = split_sentences(text, language=language)
    covered = [False] * len(text)
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        for position in range(span.start, span.end):
            assert not covered[position]
            covered[position] = True
    assert all(covered[i] or character.isspace() for i, character in enumerate(text))


def test_sentences_end_at_the_stops_of_their_script() -> None:
    pieces = [BODY[s.start : s.end] for s in split_sentences(BODY, language="ar")]
    assert pieces[0] == "قال الوزير: «وقّعنا الاتفاق»."
    assert pieces[1].startswith("وأضاف")


def test_figures_are_the_same_in_every_script() -> None:
    assert figures("١٢٫٥ و 1,340 و۲۰۲۴") == {"125", "1340", "2024"}


def test_questions_for_figures_are_recognised_in_eight_languages() -> None:
    asking = [
        "How many?",
        "كم عددهم؟",
        "Combien ?",
        "¿Cuándo fue?",
        "Kaç kişi?",
        "Сколько?",
        "多少人",
        "چند نفر؟",
    ]
    assert all(expects_figure(question) for question in asking)
    assert not any(expects_figure(question) for question in ["Who?", "من وقع؟", "为什么"])


def test_rare_shared_terms_weigh_more_than_common_ones() -> None:
    texts = ["the port grew", "the treaty holds", "the night fell"]
    held = [frozenset(terms(text, language="en")) for text in texts]
    coverage = term_coverage("the treaty", held, languages=["en"] * 3)
    assert coverage[1] == pytest.approx(1.0)
    assert coverage[0] == coverage[2] < 0.5


def test_overlap_is_told_by_the_shorter_text() -> None:
    assert term_overlap("a b c d", "b a") == 1.0
    assert term_overlap("", "a") == 0.0


@given(st.data())
def test_short_answers_stand_in_the_body_at_their_offsets(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(BODY) - 2))
    end = data.draw(st.integers(start + 2, len(BODY)))
    first = data.draw(st.integers(start, end - 1))
    marked = Span(start=first, end=data.draw(st.integers(first + 1, end)))
    citation = cite(ARTICLE, number=1, start=start, end=end, answers=[marked])
    [(found_start, found_end)] = citation.answer_spans
    assert BODY[found_start:found_end] == BODY[marked.start : marked.end]
    inside = citation.quote[found_start - citation.start : found_end - citation.start]
    assert inside == BODY[marked.start : marked.end]
