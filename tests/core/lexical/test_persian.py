"""Persian words are found in plural, possessive and degree, however they are joined."""

import pytest

from core.lexical import terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("کتاب‌ها", "کتاب"),
        ("کتاب‌هایشان", "کتابها"),
        ("خبرنگاران", "خبرنگار"),
        ("ایرانی", "ایران"),
        ("بزرگترین", "بزرگ"),
        ("بزرگ‌تر", "بزرگ"),
        ("می‌روند", "میروند"),
        ("نمی‌روند", "می‌روند"),
        ("انتخاباتی", "انتخابات"),
    ],
)
def test_forms_of_a_word_share_their_term(one: str, other: str) -> None:
    assert terms(one, language="fa") == terms(other, language="fa")


@pytest.mark.parametrize("word", ["میدان", "میلیون", "میراث", "میان", "تهران", "تر", "ها"])
def test_a_word_that_only_looks_inflected_stays(word: str) -> None:
    assert terms(word, language="fa") == [word]


def test_urdu_keeps_its_words() -> None:
    assert terms("وزیرِ اعظم", language="ur") == ["وزیر", "اعظم"]
