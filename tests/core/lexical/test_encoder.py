"""Term vectors are what the engine takes, and a query finds the text that it was taken from."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical import LexicalEncoder, term_id, terms
from core.lexical.encoder import average_terms

ENCODER = LexicalEncoder()
LANGUAGES = st.sampled_from(["ar", "en", "zh", "th", "tr", "und", "fa", "ru", "he", "ja", "ko"])


def test_a_passage_weighs_repeated_terms_more_and_saturates() -> None:
    once = ENCODER.encode_passage("علم " + "كلمة أخرى هنا", language="ar")
    often = ENCODER.encode_passage("علم " * 50, language="ar")
    weight = dict(zip(often.indices, often.values, strict=True))[
        term_id(terms("علم", language="ar")[0])
    ]
    assert max(once.values) < weight < 2.2


@given(st.text(max_size=200), LANGUAGES)
def test_every_vector_is_sorted_unique_positive_and_finite(text: str, language: str) -> None:
    for vector in (
        ENCODER.encode_passage(text, language=language),
        ENCODER.encode_query(text, language=language),
    ):
        assert list(vector.indices) == sorted(set(vector.indices))
        assert all(0 <= index < 2**32 for index in vector.indices)
        assert all(value > 0 and math.isfinite(value) for value in vector.values)


@given(st.text(max_size=200), LANGUAGES)
def test_a_query_finds_its_own_text(text: str, language: str) -> None:
    query = ENCODER.encode_query(text, language=language)
    passage = ENCODER.encode_passage(text, language=language)
    assert set(query.indices) == set(passage.indices)


def weights(query: str, *, language: str) -> dict[str, float]:
    vector = ENCODER.encode_query(query, language=language)
    by_id = dict(zip(vector.indices, vector.values, strict=True))
    return {term: by_id[term_id(term)] for term in terms(query, language=language)}


def test_stop_words_weigh_less_than_the_others_of_a_query() -> None:
    asked = weights("What is the capital?", language="en")
    assert asked == {"what": 0.5, "is": 0.5, "the": 0.5, "capit": 1.0}


def test_a_query_of_stop_words_alone_weighs_them_as_any_word() -> None:
    assert weights("ما هي؟", language="ar") == {"ما": 1.0, "هي": 1.0}


def test_a_passage_of_usual_length_weighs_a_term_as_much_in_every_language() -> None:
    # At the average length the norm is K1, so one occurrence weighs (K1 + 1) / (1 + K1) = 1.
    chinese = "".join(map(chr, range(0x4E00, 0x4E00 + 8 * average_terms("zh"), 7)))
    while len(terms(chinese, language="zh")) > average_terms("zh"):
        chinese = chinese[:-1]
    arabic = " ".join(str(number) for number in range(average_terms("ar")))
    for text, language in ((chinese, "zh"), (arabic, "ar")):
        assert len(terms(text, language=language)) == average_terms(language)
        values = ENCODER.encode_passage(text, language=language).values
        assert min(values) == pytest.approx(1.0)


def test_a_text_without_letters_or_digits_has_an_empty_vector() -> None:
    assert ENCODER.encode_passage("؟! 🙂", language="ar").indices == ()
