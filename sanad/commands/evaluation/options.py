"""What several commands of `sanad eval` are given."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(metavar="FOLDER", help="A BEIR folder, or one with a part for each language."),
]
QueryLanguages = Annotated[
    list[str] | None,
    typer.Option("--queries", metavar="CODE", help="Ask these parts only; repeatable."),
]
DocumentLanguages = Annotated[
    list[str] | None,
    typer.Option("--documents", metavar="CODE", help="Index these parts only; repeatable."),
]
Distractors = Annotated[
    list[Path] | None,
    typer.Option(metavar="FOLDER", help="Index this corpus beside the collection's; repeatable."),
]
PerTopic = Annotated[bool, typer.Option("--per-topic", help="Add every topic.")]
MeasureNames = Annotated[
    list[str] | None,
    typer.Option("--measure", metavar="NAME", help="nDCG@10, AP …; repeatable."),
]
Qrels = Annotated[
    Path | None,
    typer.Option("--qrels", metavar="FILE", help="Judgments of the topics, TREC's or BEIR's."),
]
ServerUrl = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="Measure this server's archive as it is."),
]
ServerKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        "--api-key",
        metavar="KEY",
        help="Of the server; kept nowhere; default: SANAD_API_KEY.",
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
