"""Denials and opposites are told by words, in several languages."""

import pytest

from retrieval.verification.direction import direction_problem
from retrieval.verification.polarity import has_denial, opposite, read_polarity


@pytest.mark.parametrize(
    ("sentence", "language", "quote", "quote_language"),
    [
        ("Exports fell by 9%.", "en", "ارتفعت الصادرات ٩٪", "ar"),
        ("Les prix ont baissé.", "fr", "Prices rose in May.", "en"),
        ("Los precios bajaron.", "es", "قفزت الأسعار", "ar"),
        ("İhracat arttı.", "tr", "تراجعت الصادرات", "ar"),
        ("أغلق المتحف أبوابه", "ar", "The museum opened on Friday.", "en"),
        ("The ship sank north of the island.", "en", "غرقت السفينة جنوب الجزيرة", "ar"),
        ("Parliament rejected the law.", "en", "وافق البرلمان على القانون", "ar"),
    ],
)
def test_an_opposite_is_seen_across_languages(
    sentence: str, language: str, quote: str, quote_language: str
) -> None:
    own = read_polarity(sentence, language=language)
    assert opposite(own, [read_polarity(quote, language=quote_language)]) is not None


@pytest.mark.parametrize(
    ("sentence", "language", "quote", "quote_language"),
    [
        ("Exports rose by 9%.", "en", "ارتفعت الصادرات ٩٪", "ar"),
        ("Exports fell, imports rose.", "en", "ارتفعت الصادرات ٩٪", "ar"),
        ("The ship left the island.", "en", "غرقت السفينة جنوب الجزيرة", "ar"),
    ],
)
def test_no_opposite_is_seen_where_there_is_none(
    sentence: str, language: str, quote: str, quote_language: str
) -> None:
    own = read_polarity(sentence, language=language)
    assert opposite(own, [read_polarity(quote, language=quote_language)]) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("They did not sign.", "en"),
        ("They didn't sign.", "en"),
        ("لم يوقّعوا", "ar"),
        ("ولن يوقّعوا", "ar"),
        ("Ils n'ont pas signé.", "fr"),
        ("No firmaron.", "es"),
        ("İmzalamadılar, imzalamıyorlar.", "tr"),
        ("Они не подписали.", "ru"),
        ("他们没有签署", "zh"),
        ("رفضوا التوقيع", "ar"),
        ("They refused to sign.", "en"),
    ],
)
def test_a_denial_is_seen(text: str, language: str) -> None:
    assert has_denial([read_polarity(text, language=language)])


@pytest.mark.parametrize(
    ("text", "language"),
    [("They signed in Oslo.", "en"), ("وقّعوا في أوسلو", "ar"), ("Oslo'da imzaladılar.", "tr")],
)
def test_no_denial_is_seen_where_there_is_none(text: str, language: str) -> None:
    assert not has_denial([read_polarity(text, language=language)])


@pytest.mark.parametrize(
    ("sentence", "language", "is_wrong"),
    [
        ("The rate fell from 23% to 8.4%.", "en", False),
        ("The rate fell from 8.4% to 23%.", "en", True),
        ("The rate rose to 61 million from 47 million.", "en", False),
        ("The rate rose to 47 million from 61 million.", "en", True),
        ("El tiempo se redujo de 11 a 19 horas.", "es", True),
        ("Konteyner 1,96 milyondan 2,07 milyona geriledi.", "tr", True),
        ("ارتفع السعر من 65 إلى 92 درهماً", "ar", False),
        ("ارتفع السعر من 92 إلى 65 درهماً", "ar", True),
        ("The price went from 11 to 19.", "en", False),
    ],
)
def test_a_rise_leads_to_the_larger_figure(sentence: str, language: str, is_wrong: bool) -> None:
    own = read_polarity(sentence, language=language)
    problem = direction_problem(sentence, own, [], language=language)
    assert (problem is not None) == is_wrong
