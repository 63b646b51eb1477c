"""Every figure and date of a sentence must stand in its quotes."""

from datetime import date

import pytest

from retrieval.verification.figures import Source, figure_problems

VOTE = Source(
    text="وكانت المجر آخر دولة تصادق، إذ أقرّه برلمانها في 26 شباط/فبراير بأغلبية 188 صوتاً مقابل 6.",
    language="ar",
    published=date(2024, 3, 8),
)
COST = Source(
    text="وبلغت قيمتها 14.2 مليون ريال عُماني (نحو 36.9 مليون دولار)، بزيادة 5 في المئة.",
    language="ar",
)
WEEKDAY = Source(
    text="أعلنت الإدارة، الأربعاء، أن الميناء ناول خلال عام 2023 نحو 2.07 مليون حاوية.",
    language="ar",
    published=date(2024, 1, 17),
)


@pytest.mark.parametrize(
    ("sentence", "language", "source"),
    [
        ("On 26 February parliament approved it by 188 votes to six.", "en", VOTE),
        ("Le 26 février 2024, 188 voix contre 6.", "fr", VOTE),
        ("El 26 de febrero, por 188 votos contra seis.", "es", VOTE),
        ("26 Şubat'ta 6'ya karşı 188 oyla kabul edildi.", "tr", VOTE),
        ("أقرّه البرلمان في ٢٦ فبراير بأغلبية مئة وثمانية وثمانين صوتاً.", "ar", VOTE),
        ("The vote took place on 2024-02-26.", "en", VOTE),
        ("It cost 14.2 million Omani rials, or $36.9m.", "en", COST),
        ("Prices rose by five percent.", "en", COST),
        ("The announcement came on 17 January 2024.", "en", WEEKDAY),
        ("It handled about two million containers in 2023.", "en", WEEKDAY),
        ("The port is one of the largest.", "en", WEEKDAY),
    ],
)
def test_a_figure_of_the_quote_is_found_however_it_is_written(
    sentence: str, language: str, source: Source
) -> None:
    assert figure_problems(sentence, language=language, sources=[source]) == []


@pytest.mark.parametrize(
    ("sentence", "language", "source", "problem"),
    [
        ("It passed by 198 votes to six.", "en", VOTE, "figure 198"),
        ("On 27 February it was approved.", "en", VOTE, "date 27-02"),
        ("On 26 March it was approved.", "en", VOTE, "date 26-03"),
        ("On 26 February 2023 it was approved.", "en", VOTE, "date 26-02-2023"),
        ("It cost 14.2 million dollars.", "en", COST, "of riyal in the quote, not of dollar"),
        ("It cost 14.2 billion rials.", "en", COST, "figure 14.2 billion"),
        ("Five people came.", "en", COST, "figure five"),
        ("Prices rose by 14.2 %.", "en", COST, "figure 14.2 %"),
        ("It handled 2.07 million containers in 2024.", "en", WEEKDAY, "figure 2024"),
        ("It handled two million containers in 2023.", "en", WEEKDAY, "figure two million"),
        ("The announcement came on Monday.", "en", WEEKDAY, "weekday"),
    ],
)
def test_a_figure_that_the_quote_lacks_is_named(
    sentence: str, language: str, source: Source, problem: str
) -> None:
    problems = figure_problems(sentence, language=language, sources=[source])
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_figure_told_twice_must_stand_twice() -> None:
    wait = Source(text="تقلّص الانتظار من 19 ساعة إلى 11 ساعة", language="ar")
    sentence = "The wait fell from 11 hours to 11."
    assert "told 2 times" in figure_problems(sentence, language="en", sources=[wait])[0]


def test_a_figure_may_stand_in_any_of_the_quotes() -> None:
    sentence = "It cost 14.2 million rials in 2023."
    assert figure_problems(sentence, language="en", sources=[COST, WEEKDAY]) == []
