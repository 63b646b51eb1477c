"""Highlights mark the words of a query as the lexical leg matches them, at exact offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.highlights import highlights


def marked(query: str, text: str, language: str) -> list[str]:
    return [text[span.start : span.end] for span in highlights(query, text, language=language)]


@pytest.mark.parametrize(
    ("query", "text", "language", "expected"),
    [
        # spelling, article and conjunction differ
        ("الاستراتيجية", "والشراكة الإستراتيجيّة الشاملة", "ar", ["الإستراتيجيّة"]),
        # a vowel sign behind the last letter belongs to the word
        ("شراكة", "شَرَاكَةٌ شاملة", "ar", ["شَرَاكَةٌ"]),
        # tatweel and Arabic digits
        ("عربية 2024", "العـــربية ٢٠٢٤.", "ar", ["العـــربية", "٢٠٢٤"]),
        ("کتاب", "كتاب‌ها و کتاب", "fa", ["كتاب‌ها", "کتاب"]),
        ("treaties", "The Treaty, signed: treaties!", "en", ["Treaty", "treaties"]),
        ("Élysée", "l'ÉLYSÉE a dit", "fr", ["ÉLYSÉE"]),
        # decomposed letters are one word with their accents
        ("Élysée", "l'E\u0301lyse\u0301e a dit", "fr", ["E\u0301lyse\u0301e"]),
        ("istanbul", "İSTANBUL'da", "tr", ["İSTANBUL"]),
        ("1,200", "about 1,200 men and 1 dog", "en", ["1,200"]),
        # Han matches by words and pairs, however it is cut, and what touches is one run
        ("长江大桥", "新的长江大桥正式通车", "zh", ["长江大桥"]),
        ("大桥", "长江大桥与大桥", "zh", ["大桥", "大桥"]),
        ("谁去了库尔斯克？", "前往库尔斯克地区", "zh", ["库尔斯克"]),
        ("부산", "부산에서 열린", "ko", ["부산"]),
        ("東京のニュース", "ニュースは東京から", "ja", ["ニュース", "東京"]),
        ("24.06.2024", "am 24. Juni 2024", "de", ["24", "2024"]),
        ("ספר", "קראתי בספר", "he", ["ספר"]),
        ("What is the treaty?", "This is the treaty", "en", ["treaty"]),
        ("ไทย", "สำนักข่าวไทย", "th", ["ไทย"]),
        # mixed direction, with an emoji of two code units before
        ("ACME قمر", "🚀 أطلقت ACME القمر (Sat-7)", "ar", ["ACME", "القمر"]),
        # another language shares names and numbers only
        ("When did ACME launch in 2024?", "أطلقت ACME القمر عام ٢٠٢٤", "ar", ["ACME", "٢٠٢٤"]),
        ("a treaty", "a pact, a treaty", "en", ["treaty"]),
        ("nothing", "غير ذلك", "ar", []),
        ("x", "", "en", []),
    ],
)
def test_the_words_of_a_query_are_marked(
    query: str, text: str, language: str, expected: list[str]
) -> None:
    assert marked(query, text, language) == expected


def test_a_query_of_single_letters_still_marks_them() -> None:
    assert marked("x y", "x is not y", "en") == ["x", "y"]


@given(
    st.text(max_size=40), st.text(max_size=200), st.sampled_from(["ar", "en", "zh", "tr", "und"])
)
def test_spans_are_in_order_apart_and_inside_the_text(query: str, text: str, language: str) -> None:
    end = 0
    for span in highlights(query, text, language=language):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(st.text(st.sampled_from("abcç İıكتابةًلا长江7٧ .,-🚀"), min_size=1, max_size=40))
def test_a_text_that_is_its_own_query_is_marked_on_every_word(text: str) -> None:
    covered = {
        place
        for span in highlights(text, text, language="und")
        for place in range(span.start, span.end)
    }
    longer = [word for word in text.split() if sum(map(str.isalpha, word)) > 1]
    assert not longer or covered
