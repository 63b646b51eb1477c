"""Short answers are marked inside quotes, to the character, or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.types import TokenVectors
from retrieval.answering.quotes import Quote, Run
from retrieval.answering.spans.marking import AnswerMarker
from retrieval.answering.spans.model import SpanModel, span_model
from retrieval.evidence.candidates import Found
from retrieval.reading import Reading
from retrieval.scales import Scales
from tests.core.backends.real_model import bundled_parts
from tests.retrieval.plain_cohort import plain_cohort
from tests.retrieval.test_evidence import BODIES, LANGUAGES, found_in, hit_of

pytestmark = pytest.mark.anyio

QUESTIONS = {
    "ar": "متى وقّعت موسكو وبيونغ يانغ المعاهدة؟",
    "en": "How many containers did the port handle?",
    "fa": "قیمت نفت چند دلار شد؟",
    "tr": "Köprü ne zaman açıldı?",
    "zh": "大桥是哪一年通车的？",
}
"""To BODIES, each with the answer that should be told apart there."""

DIMENSION = 384


@cache
def eager() -> SpanModel:
    """The model, were it always sure."""
    return replace(span_model(), sure_above=0.0)


async def reading_of(question: str, language: str) -> Reading:
    [vectors] = await bundled_parts().embedder.embed_query_tokens([question])
    return read_as(vectors, question, language)


def read_as(vectors: TokenVectors, question: str, language: str) -> Reading:
    cohort = plain_cohort(LANGUAGES, dimension=DIMENSION)
    return Reading(
        text=question,
        language=language,
        vectors=vectors,
        scales=Scales(cohort, {}).of_question(vectors.pooled, language=language),
        codec=cohort.codec,
    )


async def found_of(body: str, language: str) -> Found:
    parts = bundled_parts()
    return await found_in(
        [hit_of(body, language)], embedder=parts.embedder, locator=parts.token_counter
    )


def quotes_of(found: Found) -> list[Quote]:
    """Each sentence, and each two that follow one another."""
    some = found.candidates
    return [
        Quote(
            run=Run(
                article_id=one.hit.header.id,
                passage_id=one.hit.passage.id,
                start=one.start,
                end=other.end,
            )
        )
        for first, one in enumerate(some)
        for other in some[first : first + 2]
    ]


def marked(body: str, quotes: Sequence[Quote]) -> list[list[str]]:
    """The texts of the marks; `hit_of` begins a passage at 100."""
    return [[body[a.start - 100 : a.end - 100] for a in quote.answers] for quote in quotes]


@pytest.mark.parametrize("language", QUESTIONS)
async def test_a_mark_lies_inside_its_quote_in_every_script(language: str) -> None:
    body = BODIES[language]
    found = await found_of(body, language)
    reading = await reading_of(QUESTIONS[language], language)
    marker = AnswerMarker(eager(), bundled_parts().token_counter)
    for quote in quotes_of(found):
        [marked_quote] = marker.mark(reading, [quote], found.candidates)
        assert replace(marked_quote, answers=()) == quote
        [answer] = marked_quote.answers
        assert quote.run.start <= answer.start < answer.end <= quote.run.end
        text = body[answer.start - 100 : answer.end - 100]
        assert text == text.strip()
        assert text in body[quote.run.start - 100 : quote.run.end - 100]


async def test_the_figure_that_is_asked_for_is_told_from_others() -> None:
    body = "In 2024 the port of Ras Manar handled 2.07 million containers. It has 12 cranes."
    found = await found_of(body, "en")
    marker = AnswerMarker(eager(), bundled_parts().token_counter)
    reading = await reading_of("How many containers did the port handle?", "en")
    first, *others = marker.mark(reading, quotes_of(found), found.candidates)
    assert marked(body, [first]) == [["2.07 million"]]
    assert others == quotes_of(found)[1:]
    asked_in_arabic = await reading_of("متى ناول الميناء هذه الحاويات؟", "ar")
    [first, *_] = marker.mark(asked_in_arabic, quotes_of(found), found.candidates)
    assert marked(body, [first]) == [["2024"]]


@pytest.mark.parametrize("question", ["Why did it fall?", "How did it happen?", "port containers"])
async def test_nothing_is_marked_for_a_question_that_a_sentence_answers(question: str) -> None:
    found = await found_of(BODIES["en"], "en")
    marker = AnswerMarker(eager(), bundled_parts().token_counter)
    quotes = quotes_of(found)
    assert marker.mark(await reading_of(question, "en"), quotes, found.candidates) == quotes


async def test_nothing_is_marked_where_the_model_is_not_sure() -> None:
    found = await found_of(BODIES["en"], "en")
    doubtful = replace(span_model(), sure_above=1.1)
    marker = AnswerMarker(doubtful, bundled_parts().token_counter)
    quotes = quotes_of(found)
    reading = await reading_of(QUESTIONS["en"], "en")
    assert marker.mark(reading, quotes, found.candidates) == quotes


async def test_a_quote_without_token_vectors_or_words_has_no_mark() -> None:
    body = "!!! … 🙂"
    found = await found_of(f"{BODIES['en']}\n{body}", "en")
    signs = [quote for quote in quotes_of(found) if quote.run.start >= 100 + len(BODIES["en"])]
    bare = [replace(one, tokens=one.tokens[:0]) for one in found.candidates]
    marker = AnswerMarker(eager(), bundled_parts().token_counter)
    reading = await reading_of(QUESTIONS["en"], "en")
    assert signs
    assert marker.mark(reading, signs, found.candidates) == signs
    assert marker.mark(reading, (), found.candidates) == []
    assert marker.mark(reading, quotes_of(found), bare) == quotes_of(found)
    assert marker.mark(reading, signs, ()) == signs


MIXED = "قال 5% من «Ras-Manar» ٢٠٢٤ مليونـَ 大桥2023年 🙂👍🏽 می‌شود! A.B, \n"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.text(alphabet=st.sampled_from(MIXED), min_size=3, max_size=60))
async def test_marks_of_any_text_slice_exactly(body: str) -> None:
    if not body.strip():
        return
    found = await found_of(body, "ar")
    reading = await reading_of(QUESTIONS["ar"], "ar")
    marker = AnswerMarker(eager(), bundled_parts().token_counter)
    for quote in quotes_of(found):
        [marked_quote] = marker.mark(reading, [quote], found.candidates)
        for answer in marked_quote.answers:
            assert quote.run.start <= answer.start < answer.end <= quote.run.end
            assert body[answer.start - 100 : answer.end - 100].strip()
