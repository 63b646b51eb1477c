"""A short answer is shown in bold within its quote, in every script."""

from io import StringIO

import pytest
from rich.console import Console

from api.schemas.answers import AnswerOut
from core.types import Answer, AnswerSentence, AnswerStatus, Article, Support
from retrieval.citations import cite
from retrieval.sentences import Span
from sanad.terminal import print_answer

BODY = "بعد عام. وقّعت موسكو معاهدةً في ١٩ يونيو/حزيران ٢٠٢٤ 🙂 وانتهى."
START, END = 9, len(BODY)


def shown(*, answers: tuple[Span, ...], body: str = BODY) -> str:
    article = Article(id="a", title="t", body=body, language="ar")
    citation = cite(article, number=1, start=START, end=END, answers=answers)
    answer = Answer(
        id="1",
        status=AnswerStatus.ANSWERED,
        mode="extractive",
        text=f"{citation.quote} [1]",
        language="ar",
        sentences=(
            AnswerSentence(start=0, end=END - START, citations=(1,), support=Support.QUOTED),
        ),
        citations=(citation,),
        confidence=0.9,
        newest_evidence=None,
        notices=(),
        timing_ms={},
    )
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=200)
    print_answer(AnswerOut.from_answer(answer), console)
    return out.getvalue()


@pytest.mark.parametrize("marked", [("١٩ يونيو/حزيران ٢٠٢٤",), ("موسكو", "٢٠٢٤")])
def test_only_the_short_answers_of_a_quote_are_bold(marked: tuple[str, ...]) -> None:
    spans = tuple(Span(start=BODY.index(word), end=BODY.index(word) + len(word)) for word in marked)
    first = shown(answers=spans).splitlines()[0]
    for word in marked:
        assert f"\x1b[1m{word}\x1b[0m" in first
    assert first.startswith("وقّعت ")


def test_a_quote_without_a_short_answer_is_bold_as_a_whole() -> None:
    assert shown(answers=()).startswith(f"\x1b[1m{BODY[START:END]}\x1b[0m")


def test_what_steers_a_terminal_is_neutralised_inside_a_mark_too() -> None:
    body = BODY.replace("موسكو", "م\x1bوسك")
    place = body.index("م\x1b")
    first = shown(answers=(Span(start=place, end=place + 5),), body=body).splitlines()[0]
    assert "\x1b[1mم\ufffdوسك\x1b[0m" in first
