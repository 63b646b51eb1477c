"""`sanad eval judge`: what runs find for people to judge, and their judgments read back."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from core.errors import InputError
from eval.grades import RELEVANT
from eval.judgment_files import JudgedFile, read_table, write_table
from eval.judgment_report import (
    agreement_table,
    disagreement_table,
    judge_table,
    judgments_as_dict,
)
from eval.judgments import (
    Judge,
    Resolution,
    article_qrels,
    find_disagreements,
    gather_judges,
    join_qrels,
    pairwise_agreement,
    resolve,
)
from eval.pool_page import write_page
from eval.pools import SEED, Pool, pool_runs
from eval.qrels import Qrels, read_qrels, write_qrels
from eval.runs import SHOWN, read_run
from eval.trec import read_topic_ids
from sanad.commands.evaluation import judge_answers
from sanad.commands.evaluation.options import JsonFlag
from sanad.session import stderr_report, stdout_console, write_json

HELP = """Have people judge what runs find, and read their judgments back.

\b
  sanad eval judge export runs/hybrid runs/lexical --output pool.html
      … each judge opens the page, judges by keyboard and downloads a table …
  sanad eval judge read judged-mona.tsv judged-omar.tsv --output qrels.txt
  sanad eval compare runs/hybrid runs/lexical --qrels qrels.txt
  sanad eval judge answers runs/now --url URL --model NAME     a chat model judges citations
"""

_PAGE, _TABLE = ".html", ".tsv"

app = typer.Typer(help=HELP, add_completion=False, rich_markup_mode=None)
app.command()(judge_answers.answers)


@app.command()
def export(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs of one collection.")
    ],
    output: Annotated[
        Path,
        typer.Option(metavar="FILE", help="NAME.html, a page; or NAME.tsv, for a spreadsheet."),
    ],
    depth: Annotated[
        int, typer.Option(min=1, max=SHOWN, metavar="N", help="Results of each run and topic.")
    ] = SHOWN,
    topics: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|FILE", help="Only these: an id, or ids a line; repeatable."),
    ] = None,
    qrels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Leave out what these judge already.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the order within a topic.")] = SEED,
) -> None:
    """Pool what runs find first, for people to judge.

    Each passage stands once for a topic, in an order that hides which run found it and at which
    rank; runs are not named. The page needs no network: it works from the file, by keyboard, keeps
    grades in the browser and gives them back as the table that `sanad eval judge read` reads. The
    grades are 0 not relevant, 1 partly, 2 relevant, 3 fully.

    \b
    sanad eval judge export runs/hybrid runs/lexical --output pool.html
    sanad eval judge export runs/* --depth 5 --topics q7 --topics more.txt --output pool.tsv
    sanad eval judge export runs/next --qrels qrels.txt --output new.html     the unjudged alone
    """
    if output.suffix.lower() not in {_PAGE, _TABLE}:
        raise InputError(f"{output}: name a page, {_PAGE}, or a table, {_TABLE}")
    pool = pool_runs(
        [read_run(run) for run in runs],
        depth=depth,
        topic_ids=_topic_ids(topics or ()),
        known=None if qrels is None else read_qrels(qrels),
        seed=seed,
    )
    write = write_page if output.suffix.lower() == _PAGE else write_table
    write(pool, output)
    stderr_report(_exported(pool, output))


@app.command()
def read(
    judged: Annotated[
        list[Path], typer.Argument(metavar="JUDGED...", help="Tables that judges have filled in.")
    ],
    output: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The qrels: NAME.tsv as BEIR's, other names as TREC's."),
    ],
    how: Annotated[
        Resolution, typer.Option("--resolve", help="Which grade counts if judges differ.")
    ] = Resolution.MAJORITY,
    qrels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add to these; grades of JUDGED replace.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read judgments back into qrels, and tell how far judges agree.

    An article has the grade of its best passage. Bad lines are named, each with what is wrong,
    and nothing is written until they are mended; lines without a grade are counted. A judge is
    named in the column `judge`, or by the file. For every two judges: same grades, Cohen's kappa
    of relevant (1 or more) or not, and weighted by the distance of grades, with bootstrap intervals
    over topics; then every passage that they grade differently.

    --resolve majority takes the highest grade that more than half of the judges give or exceed
    (of two, the lower), max the highest, first that of the first JUDGED that has one.

    \b
    sanad eval judge read judged-mona.tsv judged-omar.tsv --output qrels.txt
    sanad eval judge read new.tsv --qrels qrels.txt --output both.txt
    """
    if output.resolve() in {path.resolve() for path in judged}:
        raise InputError(f"{output} is one of the judged tables: give the qrels another name")
    files = [read_table(path) for path in judged]
    known: Qrels = {} if qrels is None else read_qrels(qrels)
    judges = gather_judges(files)
    found = article_qrels(resolve(judges, how))
    if not found:
        raise InputError(f"{', '.join(map(str, judged))}: no line has a grade")
    write_qrels(join_qrels(known, found), output)
    _report(judges, as_json=as_json)
    for note in [*_ignored(files), _written(found, known, judges, output)]:
        stderr_report(note)


def _topic_ids(given: Sequence[str]) -> list[str]:
    """The ids given, those in files read."""
    lists = [read_topic_ids(Path(one)) if Path(one).is_file() else [one] for one in given]
    return [key for some in lists for key in some]


def _exported(pool: Pool, output: Path) -> str:
    known = f"; left out as judged already: {pool.known}" if pool.known else ""
    topics = len(pool.topic_ids)
    return f"kept in {output}: passages to judge: {len(pool.items)}; topics: {topics}{known}"


def _report(judges: Sequence[Judge], *, as_json: bool) -> None:
    agreements, disagreements = pairwise_agreement(judges), find_disagreements(judges)
    if as_json:
        values = judgments_as_dict(
            judges=judges, agreements=agreements, disagreements=disagreements
        )
        write_json(json.dumps(values, ensure_ascii=False))
        return
    console = stdout_console()
    console.print(judge_table(judges))
    if agreements:
        console.print(agreement_table(agreements))
    if disagreements:
        console.print(disagreement_table(disagreements, judges))


def _ignored(files: Sequence[JudgedFile]) -> list[str]:
    return [
        f"{file.path}: columns that are not read: {', '.join(file.ignored)}"
        for file in files
        if file.ignored
    ]


def _written(found: Qrels, known: Qrels, judges: Sequence[Judge], output: Path) -> str:
    judged = sum(map(len, found.values()))
    items = {key for judge in judges for key in judge.lines}
    open_items = items - {key for judge in judges for key in judge.grades}
    replaced = sum(
        1 for topic, grades in found.items() for key in grades if key in known.get(topic, {})
    )
    notes = [f"kept in {output}: articles judged: {judged}; topics: {len(found)}"]
    if known:
        notes.append(f"in place of earlier grades: {replaced}")
    fruitless = sum(1 for grades in found.values() if max(grades.values()) < RELEVANT)
    if fruitless:
        notes.append(f"topics with nothing relevant, in no measure: {fruitless}")
    if open_items:
        notes.append(f"passages without a grade from anyone: {len(open_items)}")
    return "; ".join(notes)
