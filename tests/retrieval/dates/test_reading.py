"""A question's times are read as its readers mean them, and words that look like times are not."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from core.periods import Period, PeriodUse
from retrieval.dates.folding import fold_question
from retrieval.dates.grammar import grammar_of, languages
from retrieval.dates.reading import MAX_PERIODS, read_periods

NOW = datetime(2026, 9, 10, 12, tzinfo=UTC)
"""A Thursday."""

TABLE: dict[str, list[list[object]]] = json.loads(
    (Path(__file__).parent / "questions.json").read_text(encoding="utf-8")
)
"""By language: a question and its readings, each [text, first day, last day, use]."""

ROWS = [
    pytest.param(language, question, expected, id=f"{language}-{question}")
    for language, rows in TABLE.items()
    for question, *expected in rows
]


PIECES = [
    *("2015", "31", "0", "9999", "1445", "٢٠١٨", "«", "”", "/", "-", "–", ".", "🚢", "\u200f", "ـ"),
    *("February", "between", "and", "since", "last", "days", "years", "ago", "in", "the", "latest"),
    *(
        "فبراير",
        "رمضان",
        "من",
        "إلى",
        "منذ",
        "بين",
        "و",
        "هـ",
        "أمس",
        "mars",
        "entre",
        "et",
        "depuis",
    ),
    *("desde", "hasta", "mayo", "son", "geçen", "Mart", "'te", "arasında", "beri"),
]
"""What readings are made of, to be put together at random."""


def read(question: str, *, language: str, now: datetime = NOW) -> tuple[Period, ...]:
    return read_periods(question, language=language, now=now)


def days(question: str, *, language: str) -> list[tuple[str, str]]:
    return [(str(one.first), str(one.last)) for one in read(question, language=language)]


def test_the_table_is_large_and_a_third_of_it_are_traps() -> None:
    traps = [row for rows in TABLE.values() for row in rows if len(row) == 1]

    assert set(TABLE) == {"ar", "en", "es", "fr", "tr"}
    assert all(len(rows) >= 30 for rows in TABLE.values())
    assert len(ROWS) >= 150
    assert len(traps) >= len(ROWS) / 3


@pytest.mark.parametrize(("language", "question", "expected"), ROWS)
def test_a_question_is_read_as_the_table_says(
    language: str, question: str, expected: list[list[str | None]]
) -> None:
    told = [
        [one.text, one.first and str(one.first), one.last and str(one.last), one.use.value]
        for one in read(question, language=language)
    ]

    assert told == expected


@pytest.mark.parametrize(("language", "question", "expected"), ROWS)
def test_the_text_of_a_period_stands_in_the_question_at_its_offsets(
    language: str, question: str, expected: list[list[str | None]]
) -> None:
    periods = read(question, language=language)

    assert len(periods) == len(expected)
    for one in periods:
        assert question[one.start : one.end] == one.text


@given(
    st.sampled_from(["ar", "en", "es", "fr", "tr", "und", "zh"]),
    st.lists(
        st.sampled_from(PIECES) | st.text(max_size=4),
        max_size=9,
    ).map(" ".join),
)
def test_whatever_is_asked_the_periods_are_slices_in_order_and_their_days_too(
    language: str, question: str
) -> None:
    periods = read(question, language=language)

    assert len(periods) <= MAX_PERIODS
    ends = [0, *(one.end for one in periods)]
    for end, one in zip(ends, periods, strict=False):
        assert question[one.start : one.end] == one.text != ""
        assert one.first is None or one.last is None or one.first <= one.last
        assert one.first is None or one.first <= NOW.date()
        assert end <= one.start


@given(st.text())
def test_every_folded_character_knows_where_it_came_from(question: str) -> None:
    folded = fold_question(question)

    assert len(folded.origins) == len(folded.text) + 1
    assert list(folded.origins) == sorted(folded.origins)


def test_arabic_knows_every_name_of_a_month_that_unicode_gives_its_countries() -> None:
    known = grammar_of("ar")
    assert known is not None
    for country in ("LB", "SY", "IQ", "JO", "EG", "SA", "LY", "SD", "MA", "DZ", "TN", "MR"):
        write = MessageFormat("{day, date, LLLL}", f"ar_{country}").format
        for month in range(1, 13):
            name = fold_question(write({"day": date(2024, month, 15)}).strip()).text
            assert known.names["m"][name] == month, f"{name} in {country}"
    write = MessageFormat("{day, date, LLLL}", "ar@calendar=islamic-umalqura").format
    told = {
        fold_question(write({"day": date(2024, 1, 15) + timedelta(days=29.5) * n}).strip()).text
        for n in range(12)
    }
    assert told <= set(known.names["hm"])
    assert len(told) == 12


@pytest.mark.parametrize("language", ["en", "es", "fr", "tr"])
def test_every_language_knows_the_names_of_its_months(language: str) -> None:
    known = grammar_of(language)
    assert known is not None
    write = MessageFormat("{day, date, LLLL}", language).format
    for month in range(1, 13):
        assert (
            known.names["m"][fold_question(write({"day": date(2024, month, 15)}).strip()).text]
            == month
        )


def test_days_are_those_of_utc_and_weeks_begin_on_monday() -> None:
    tokyo = timezone(timedelta(hours=9))
    early_on_monday = datetime(2026, 9, 14, 8, tzinfo=tokyo)  # Sunday, 23:00, in UTC

    [one] = read("What happened this week?", language="en", now=early_on_monday)

    assert (one.first, one.last) == (date(2026, 9, 7), date(2026, 9, 13))


def test_a_month_back_from_its_31st_is_the_last_day_of_a_shorter_one() -> None:
    [one] = read(
        "What was said in the past 6 months?", language="en", now=datetime(2026, 8, 31, tzinfo=UTC)
    )

    assert one.first == date(2026, 2, 28)


def test_a_day_that_no_calendar_has_is_not_read() -> None:
    assert days("Who signed on 31/4/2018?", language="en") == []
    assert days("Who signed on 31 April 2018?", language="en") == [("2018-04-01", "2018-04-30")]
    assert days("من وقع في 31 رمضان 1445؟", language="ar") == [("2024-03-11", "2024-04-09")]


def test_hundreds_of_years_back_end_where_the_calendar_does() -> None:
    assert days("What happened 500 years ago?", language="en") == [("1526-01-01", "1526-12-31")]
    assert days("What happened 999 years ago?", language="en") == []


def test_of_another_language_only_dates_in_digits_are_read() -> None:
    assert "und" not in languages()
    assert days("Кто подписал 2018-03-05?", language="ru") == [("2018-03-05", "2018-03-05")]
    assert read("yesterday", language="und") == ()


def test_nothing_inside_quotation_marks_is_a_time_unless_all_of_the_question_is() -> None:
    assert read("Who sang “Last year in May 2018”?", language="en") == ()
    assert days("«في عام 2018»", language="ar") == [("2018-01-01", "2018-12-31")]


def test_a_question_for_articles_bounds_them_and_a_question_for_events_does_not() -> None:
    [asked] = read("news about Oman between March and May 2018", language="en")
    [told] = read("Which ports closed between March and May 2018?", language="en")

    assert (asked.first, asked.last) == (told.first, told.last)
    assert (asked.use, told.use) == (PeriodUse.FILTER, PeriodUse.PREFERENCE)


def test_at_most_so_many_periods_are_read_of_a_long_question() -> None:
    question = " and ".join(f"in {year}" for year in range(1990, 2020))

    assert len(read(question, language="en")) == MAX_PERIODS
