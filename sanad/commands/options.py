"""Options that several commands share, and what they mean."""

from typing import Annotated

import typer

JsonFlag = Annotated[
    bool, typer.Option("--json", help="Print one JSON document, as the API gives it.")
]
FromDate = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", help="Published on or after: 2024-06-01 or 2024-06-01T08:00Z."
    ),
]
ToDate = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Published on or before, inclusive.")
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Only articles in it, e.g. ar; repeatable."),
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only articles of it; repeatable.")
]
Sections = Annotated[
    list[str] | None, typer.Option("--section", help="Only articles in it; repeatable.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only articles with it; repeatable.")]
ArticleIds = Annotated[
    list[str] | None, typer.Option("--article", metavar="ID", help="Only it; repeatable.")
]


def filter_body(
    *,
    published_from: str | None,
    published_to: str | None,
    languages: list[str] | None,
    sources: list[str] | None,
    sections: list[str] | None,
    tags: list[str] | None,
    article_ids: list[str] | None,
) -> dict[str, object]:
    """The wire form of the filters that were given."""
    given = {
        "published_from": published_from,
        "published_to": published_to,
        "languages": languages,
        "sources": sources,
        "sections": sections,
        "tags": tags,
        "article_ids": article_ids,
    }
    return {name: value for name, value in given.items() if value}
