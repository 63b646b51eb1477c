"""The lexical leg sees one word behind its spellings, in every script."""

import re
import sys
import unicodedata
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lexical import query_terms, terms
from core.text import normalise

LANGUAGES = ("ar", "en", "zh", "ja", "ko", "th", "tr", "und", "fa", "ur", "he", "ru", "hi", "de")
IN_ANY_LANGUAGE = st.sampled_from(LANGUAGES)

SCRIPTS = {
    "Arabic": "\u0620\u064a",
    "Persian": "\u067e\u06cc",
    "Hebrew": "\u05d0\u05ea",
    "Thai": "\u0e01\u0e3a",
    "Lao": "\u0e81\u0eae",
    "Khmer": "\u1780\u17b3",
    "Myanmar": "\u1000\u102a",
    "Han": "\u4e00\u9fff",
    "kana": "\u3041\u30fa",
    "Hangul": "\uac00\ud7a3",
    "Devanagari": "\u0904\u0939",
    "Tamil": "\u0b85\u0bb9",
    "Cyrillic": "\u0400\u04ff",
    "Greek": "\u0391\u03c9",
    "Latin": "az",
    "Tibetan": "\u0f40\u0f6c",
    "Ethiopic": "\u1200\u1248",
}
MIXED = st.lists(
    st.one_of(
        *[
            st.text(st.characters(min_codepoint=ord(low), max_codepoint=ord(high)), max_size=8)
            for low, high in SCRIPTS.values()
        ],
        st.sampled_from([" ", "\u200c", "\u200f", "ـ", "٢٠٢٤", "1,200", "🙂", "-", "ً", '"', "。"]),
    ),
    max_size=12,
).map("".join)

SIGN = re.compile(
    "GREEK YPOGEGRAMMENI|HALFWIDTH KATAKANA (SEMI-)?VOICED SOUND MARK|ARABIC SMALL (WAW|YEH)"
    "|ARABIC TATWEEL( WITH FATHATAN ABOVE)?"
    "|ARABIC (LIGATURE SHADDA WITH )?(SHADDA|SUKUN|(FATHA|DAMMA|KASRA|SUPERSCRIPT ALEF)(TAN)?)"
    "( (ISOLATED|MEDIAL) FORM)?"
)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("الشَّراكةُ الإستراتيجيّة", "الشراكه الاستراتيجية", "ar"),
        ("العــــراق", "العراق", "ar"),
        ("والاتفاقية", "اتفاقية", "ar"),
        ("عام ٢٠٢٤", "عام 2024", "ar"),
        ("پاريس", "باريس", "ar"),
        ("كتاب‌ها", "کتابها", "fa"),
        ("رئيس", "رئیس", "fa"),
        ("قیمت ۱۲۰۰", "قيمت 1200", "fa"),
        ("پاكستانى", "پاکستانی", "ur"),
        ("הַמֶּמְשָׁלָה", "הממשלה", "he"),
        ("צה״ל", 'צה"ל', "he"),
        ("Élysée", "elysee", "en"),
        ("F-16", "f16", "en"),
        ("elections", "election", "en"),
        ("İSTANBUL", "istanbul", "tr"),
        ("kadınlar", "KADIN", "tr"),
        ("seçimlerinden", "seçim", "tr"),
        ("выборами", "выборы", "ru"),
        ("ещё", "еще", "ru"),
        ("Straße", "strasse", "de"),
        ("wyborów", "wybory", "pl"),
        ("चुनावों", "चुनाव", "hi"),
        ("ＮＡＴＯ", "nato", "zh"),
        ("ﾆｭｰｽ", "ニュース", "ja"),
        ("१२ लोग", "12 लोग", "hi"),
    ],
)
def test_spellings_of_one_word_share_their_terms(one: str, other: str, language: str) -> None:
    assert terms(one, language=language) == terms(other, language=language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("پدر", "بدر", "fa"),
        ("گل", "كل", "fa"),
        ("دانشگاه", "دانش", "fa"),
        ("2024", "2025", "ar"),
        ("3.5", "35", "en"),
    ],
)
def test_different_words_stay_apart(one: str, other: str, language: str) -> None:
    assert terms(one, language=language) != terms(other, language=language)


def test_a_number_is_one_term_however_its_thousands_are_parted() -> None:
    spellings = ["1,200,000", "1.200.000", "١٬٢٠٠٬٠٠٠", "۱٬۲۰۰٬۰۰۰", "1200000"]
    assert {tuple(terms(each, language="ar")) for each in spellings} == {("1200000",)}


def test_a_decimal_is_one_term_and_a_date_three() -> None:
    assert terms("3.5 3,5 ٣٫٥", language="ar") == ["3.5"] * 3
    assert terms("24.06.2024", language="de") == ["24", "06", "2024"]


@given(MIXED, IN_ANY_LANGUAGE)
def test_a_text_has_terms_if_and_only_if_it_has_a_letter_or_digit(text: str, language: str) -> None:
    has_letters = any(map(str.isalnum, normalise(text)))
    assert bool(terms(text, language=language)) == has_letters
    assert bool(query_terms(text, language=language)) == has_letters


def lost_letters(first: int, last: int, *, language: str) -> list[str]:
    letters = filter(str.isalpha, map(chr, range(first, last + 1)))
    return [letter for letter in letters if not terms(letter, language=language)]


def test_no_letter_of_unicode_is_lost() -> None:
    lost = lost_letters(0, sys.maxunicode, language="und")
    for language in ("ar", "fa", "he", "ur"):
        assert set(lost_letters(0x0590, 0x06FF, language=language)) <= set(lost)
    # Tatweel stretches a word, others are vowel signs and an accent with a form of their own: no
    # letter of their normal form is left.
    assert all(not any(map(str.isalnum, normalise(letter))) for letter in lost)
    names = {unicodedata.name(letter) for letter in lost}
    assert len(names) < 50
    assert all(SIGN.fullmatch(name) for name in names)


@given(MIXED, IN_ANY_LANGUAGE)
def test_content_words_are_among_the_terms_of_a_text(text: str, language: str) -> None:
    asked = query_terms(text, language=language)
    assert len(asked) == len(set(asked))
    assert set(asked) <= set(terms(text, language=language))


@given(MIXED, IN_ANY_LANGUAGE)
def test_terms_do_not_depend_on_marks_that_readers_do_not_see(text: str, language: str) -> None:
    spelled = partial(terms, language=language)
    marked = text.replace("ك", "كـ").replace(" ", "\u200f ")
    assert spelled(marked) == spelled(text)


@given(MIXED, IN_ANY_LANGUAGE)
def test_normalising_first_changes_no_term(text: str, language: str) -> None:
    assert terms(normalise(text), language=language) == terms(text, language=language)


@given(st.lists(MIXED, max_size=3), IN_ANY_LANGUAGE)
def test_the_terms_of_lines_are_those_of_the_text(lines: list[str], language: str) -> None:
    apart = [term for line in lines for term in terms(line, language=language)]
    assert terms("\n".join(lines), language=language) == apart


def test_content_words_are_told_from_stop_words_unless_there_is_nothing_else() -> None:
    assert query_terms("ما هي عاصمة العراق؟", language="ar") == terms("عاصمة العراق", language="ar")
    assert query_terms("ما هي؟", language="ar") == ["ما", "هي"]
    assert query_terms("Who was the president of France", language="en") == terms(
        "Who president France", language="en"
    )


def test_a_query_without_letters_has_no_terms() -> None:
    assert query_terms("", language="ar") == query_terms("؟ 🙂", language="ar") == []
