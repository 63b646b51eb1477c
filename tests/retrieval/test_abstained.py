"""An abstention tells what was searched and what comes nearest, in the reader's language."""

from datetime import UTC, datetime

import pytest

from core.types import AnswerStatus, PassageFilter
from retrieval.query import Question
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

UNRELATED = "Who invented sourdough bread baking?"


async def abstention(archive: Archive, question: Question) -> list[str]:
    answer = await archive.answerer.answer(question)
    assert answer.status is AnswerStatus.ABSTAINED
    return answer.text.split("\n")


async def test_the_question_the_archive_and_the_nearest_articles_are_told(
    archive: Archive,
) -> None:
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    first, searched, heading, *nearest = await abstention(archive, Question(text=UNRELATED))
    assert first == "The archive has nothing that answers this question."
    assert searched == (f"We searched for “{UNRELATED}”. Articles in the archive: 2; languages: 2.")
    assert heading == "Nearest to your question:"
    assert sorted(nearest) == [
        "· The port of Ras Manar handled 2.07 milli (\u2068المدار\u2069 · 2024-06-20 · en)",
        "· \u2068وقعت موسكو وبيونغ يانغ معاهدة شراكة في 1\u2069 "
        "(\u2068المدار\u2069 · 2024-06-20 · ar)",
    ]


async def test_it_is_told_in_the_language_of_the_reader(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    question = Question(text=UNRELATED, answer_language="ar-EG")
    first, searched, heading, nearest = await abstention(archive, question)
    assert first == "لا يوجد في الأرشيف ما يجيب عن هذا السؤال."
    assert searched.startswith(f"بحثنا عن: «\u2068{UNRELATED}\u2069»")
    assert heading == "الأقرب إلى سؤالك:"
    assert nearest.startswith("· \u2068The port of Ras Manar")
    assert "\u20682024-06-20\u2069" in nearest


async def test_filters_are_told(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    where = PassageFilter(
        published_from=datetime(2025, 1, 1, tzinfo=UTC),
        languages=("en", "fa"),
        sources=("المدار",),
        tags=tuple(f"tag {number}" for number in range(7)),
    )
    lines = await abstention(archive, Question(text=UNRELATED, where=where))
    assert lines[2:] == [
        "Only what fits these filters was searched: 2025-01-01 – …; en, fa; \u2068المدار\u2069; "
        "tag 0, tag 1, tag 2, tag 3, tag 4, …"
    ]


async def test_an_empty_archive_says_that_it_is_empty(archive: Archive) -> None:
    lines = await abstention(archive, Question(text=UNRELATED))
    assert len(lines) == 2
    assert lines[1].endswith("Articles in the archive: 0; languages: 0.")


async def test_a_long_or_hostile_question_stays_one_short_line(archive: Archive) -> None:
    text = "\u202eWho\u2066 invented \U000e0041bread?\n" + "sourdough " * 150
    lines = await abstention(archive, Question(text=text))
    assert len(lines) == 2
    assert len(lines[1]) < 320
    assert not set(lines[1]) & set("\u202e\u2066\U000e0041")
    assert "…" in lines[1]


async def test_a_hostile_headline_stays_within_its_line(archive: Archive) -> None:
    title = "\u2069\u202eعاجل: \x1b[31m" + "خبر " * 100
    await archive.add([article("port", PORT, "en", title=title)])
    nearest = (await abstention(archive, Question(text=UNRELATED)))[-1]
    assert nearest.startswith("· \u2068\u2060\u2060عاجل: \ufffd[31mخبر")
    assert nearest.count("\u2068") == nearest.count("\u2069") == 2
    assert len(nearest) < 200
