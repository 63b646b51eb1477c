"""What people at a terminal see: sentences with their numbers, and nothing that steers it."""

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from api.schemas.answers import AnswerOut
from api.schemas.articles import ArticleHeaderOut
from api.schemas.search import PassageOut, SearchOut, SearchResultOut
from core.types import (
    Answer,
    AnswerStatus,
    Article,
    ArticleHeader,
)
from retrieval.answering.quote_text import QuoteText
from retrieval.citations import cite
from sanad.terminal import print_answer, print_results
from tests.api.news import ABSTENTION, ARABIC

HOSTILE = Article(
    id="x",
    title="\x1b]0;owned\x07 \u202eعنوان\u2066",
    body="\u202eevil\u202c \x1b[2J نص \x9b1m ends.",
    language="ar",
    url="https://x.example/1",
    source="\u2069مصدر\u202d",
)
STEERING = set("\x07\x1b\x9b\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def answer_of(*articles: Article) -> Answer:
    told = QuoteText()
    for number, article in enumerate(articles, start=1):
        told.add(cite(article, number=number, start=0, end=len(article.body)))
    return Answer(
        id="1",
        status=AnswerStatus.ANSWERED,
        mode="extractive",
        text=told.text,
        language="ar",
        sentences=tuple(told.sentences),
        citations=tuple(told.citations),
        confidence=0.9,
        newest_evidence=None,
        notices=(),
        timing_ms={},
    )


def printed(answer: Answer, *, colours: bool = False) -> str:
    file = StringIO()
    print_answer(
        AnswerOut.from_answer(answer),
        Console(file=file, width=80, color_system="standard" if colours else None),
    )
    return file.getvalue()


def test_each_sentence_is_closed_by_its_number_and_each_source_is_named() -> None:
    lines = printed(answer_of(ARABIC)).splitlines()
    assert lines[0] == ARABIC.body.split("\n")[0]
    assert lines[1] == f"{ARABIC.body.split(chr(10))[1]} [1]"
    assert lines[3] == f"[1] \u2068{ARABIC.title}\u2069  (\u2068المدار\u2069 · 2024-06-19 · ar)"


def test_a_generated_answer_is_printed_as_it_is_written() -> None:
    answer = answer_of(ARABIC)
    sentence = replace(answer.sentences[0], start=0, end=15)
    told = replace(answer, text="Two presidents. [1]", sentences=(sentence,), mode="generated")
    assert printed(told).startswith("Two presidents. [1]\n")


def test_no_article_steers_the_terminal() -> None:
    shown = printed(answer_of(HOSTILE))
    assert not STEERING & set(shown)
    assert shown.count("\u2068") == shown.count("\u2069") > 0
    assert "evil" in shown


def test_a_server_that_forgot_to_neutralise_does_not_steer_the_terminal_either() -> None:
    answer = replace(answer_of(HOSTILE), text=HOSTILE.body, notices=(HOSTILE.title,), sentences=())
    assert not STEERING & set(printed(answer))


def test_the_only_commands_are_our_colours() -> None:
    shown = printed(answer_of(HOSTILE), colours=True)
    assert not STEERING & set(shown) - {"\x1b"}
    commands = shown.split("\x1b")[1:]
    assert commands
    assert [part for part in commands if not re.match(r"\[[0-9;]*m", part)] == []


def test_an_abstention_is_not_printed_bare() -> None:
    told = printed(replace(ABSTENTION, notices=("A notice.",)))
    assert told.splitlines()[0] == ABSTENTION.text
    assert "A notice." in told


@pytest.mark.parametrize("article", [ARABIC, HOSTILE])
def test_results_are_printed_without_what_steers(article: Article) -> None:
    result = SearchResultOut(
        rank=1,
        score=1.0,
        passage=PassageOut(
            id="p",
            text=article.body,
            start=0,
            end=len(article.body),
            heading=None,
            language="ar",
            highlights=(),
        ),
        article=ArticleHeaderOut.from_header(ArticleHeader.of(article)),
        family_size=1,
    )
    file = StringIO()
    found = SearchOut(query_id="q", results=(result,), notices=(), timing_ms={})
    print_results(found, Console(file=file, width=80))
    assert not STEERING & set(file.getvalue())
    assert file.getvalue().startswith("1. \u2068")
