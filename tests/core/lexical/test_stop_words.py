"""Stop words are those of a language, in any spelling."""

import pytest

from core.lexical.stop_words import is_stop_word, languages, stop_words
from core.text import normalise


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("إلى", "ar"),
        ("الى", "ar"),
        ("وهو", "ar"),
        ("فَهَلْ", "ar"),
        ("QUÉ", "es"),
        ("que", "es"),
        ("où", "fr"),
        ("Welche", "de"),
        ("чём", "ru"),
        ("چگونه", "fa"),
        ("كجا", "fa"),
        ("کیوں", "ur"),
        ("מתי", "he"),
        ("क्या", "hi"),
        ("什么", "zh"),
        ("언제", "ko"),
        ("ใคร", "th"),
    ],
)
def test_a_function_word_is_known_in_any_spelling(word: str, language: str) -> None:
    assert is_stop_word(normalise(word), language=language)


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("us", "en"),
        ("who", "en"),
        ("it", "ar"),
        ("و", "ar"),
        ("ورق", "ar"),
        ("été", "fr"),
        ("美国", "zh"),
        ("the", "xx"),
    ],
)
def test_a_name_or_thing_is_none(word: str, language: str) -> None:
    assert not is_stop_word(normalise(word), language=language)


def test_every_list_is_of_words_that_stand_once() -> None:
    assert len(languages()) == len(set(languages())) >= 30
    for language in languages():
        assert len(stop_words(language)) >= 30, language
        assert all(stop_words(language))
    assert stop_words("xx") == frozenset()
