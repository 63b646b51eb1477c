"""`sanad search`: ranked passages."""

from typing import Annotated

import typer

from retrieval.query import GroupBy, SearchMode
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
from sanad.doors import search_archive
from sanad.exit_status import DONE, NOT_ALL
from sanad.session import start, stdout_console, write_json
from sanad.terminal import print_results
from sanad.wire import checked


def search(
    query: Annotated[str, typer.Argument(help="In any language.")],
    as_json: JsonFlag = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most results to give.")] = 10,
    offset: Annotated[int, typer.Option(min=0, max=1000, help="Results to skip.")] = 0,
    mode: Annotated[SearchMode, typer.Option(help="By meaning, words or both.")] = (
        SearchMode.HYBRID
    ),
    group_by: Annotated[GroupBy, typer.Option(help="Best passage of each, or every one.")] = (
        GroupBy.ARTICLE
    ),
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what adds up to each score.")
    ] = False,
    published_from: FromDate = None,
    published_to: ToDate = None,
    languages: Languages = None,
    sources: Sources = None,
    sections: Sections = None,
    tags: Tags = None,
    article_ids: ArticleIds = None,
) -> int:
    """Search the archive; exit status 1 says that nothing was found.

    \b
    sanad search "port traffic" --language ar --limit 5
    sanad search "port traffic" --explain
    """
    settings = start()
    body: dict[str, object] = {
        "query": query,
        "limit": limit,
        "offset": offset,
        "mode": mode.value,
        "group_by": group_by.value,
        "explain": explain,
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
        results = search_archive(settings, body)
    if as_json:
        write_json(results.model_dump_json())
    else:
        print_results(results, stdout_console())
    return DONE if results.results else NOT_ALL
