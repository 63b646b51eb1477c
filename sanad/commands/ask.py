"""`sanad ask`: a question, and quotes that answer it."""

import sys
from typing import Annotated

import typer

from api.exports.formats import CitationFormat
from api.schemas.answers import AnswerOut
from core.errors import InputError
from core.settings import Settings
from core.types import AnswerStatus
from sanad.commands.options import (
    ArticleIds,
    FromDate,
    JsonFlag,
    Languages,
    Sections,
    Sources,
    Tags,
    ToDate,
    filter_body,
)
from sanad.doors import ask_archive, export_citations
from sanad.exit_status import DONE, NOT_ALL
from sanad.session import start, stdout_console, write_json
from sanad.terminal import print_answer
from sanad.wire import checked


def ask(
    question: Annotated[str, typer.Argument(help="In any language.")],
    as_json: JsonFlag = False,
    max_sentences: Annotated[
        int, typer.Option("--max-sentences", min=1, max=5, help="Most quotes to give.")
    ] = 3,
    answer_language: Annotated[
        str, typer.Option("--answer-language", help="Of our own words; quotes keep theirs.")
    ] = "auto",
    citations: Annotated[
        CitationFormat | None,
        typer.Option(
            "--citations", help="Print a bibliography of the sources in the place of the answer."
        ),
    ] = None,
    published_from: FromDate = None,
    published_to: ToDate = None,
    languages: Languages = None,
    sources: Sources = None,
    sections: Sections = None,
    tags: Tags = None,
    article_ids: ArticleIds = None,
) -> int:
    """Ask the archive; exit status 1 says that it has no answer.

    Each quote stands in its article to the character. If a server owns the index, it is asked.

    \b
    sanad ask "What does the 2024 partnership stipulate?"
    sanad ask "كم بلغ عدد الحاويات؟" --from 2025-01-01 --json
    sanad ask "Who signed the treaty?" --citations bibtex > sources.bib
    """
    settings = start()
    if as_json and citations is not None:
        raise InputError("--json prints the answer, --citations its sources: give one of them")
    body: dict[str, object] = {
        "question": question,
        "answer_language": answer_language,
        "max_sentences": max_sentences,
        "filters": filter_body(
            published_from=published_from,
            published_to=published_to,
            languages=languages,
            sources=sources,
            sections=sections,
            tags=tags,
            article_ids=article_ids,
        ),
    }
    with checked():
        answer = ask_archive(settings, body)
    if citations is not None:
        write_bibliography(settings, answer, citations)
    elif as_json:
        write_json(answer.model_dump_json())
    else:
        print_answer(answer, stdout_console())
    return NOT_ALL if answer.status == AnswerStatus.ABSTAINED else DONE


def write_bibliography(settings: Settings, answer: AnswerOut, form: CitationFormat) -> None:
    """The sources of `answer` on stdout, in UTF-8 whatever the locale says; nothing if none."""
    if not answer.citations:
        return
    places = [
        {"article_id": citation.article_id, "start": citation.start, "end": citation.end}
        for citation in answer.citations
    ]
    text = export_citations(settings, {"citations": places, "format": form.value})
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
