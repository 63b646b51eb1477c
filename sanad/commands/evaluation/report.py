"""`sanad eval report`: one run, or one against its base, as an HTML page."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConfigError, SourceUnreadable
from eval.page.reported import open_reported
from eval.qrels import read_qrels
from sanad.commands.evaluation.options import Qrels
from sanad.session import stderr_report

TOPICS = 20


def report(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A run's folder, or a TREC run file; with OTHER, the base."
        ),
    ],
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="The page; a file that lies there is replaced.")
    ],
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="The run to hold against RUN.")
    ] = None,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="Of the page; default: the names of the runs.")
    ] = "",
    topics: Annotated[
        int, typer.Option(min=0, metavar="N", help="Show at most N topics of each list in full.")
    ] = TOPICS,
    qrels: Qrels = None,
) -> None:
    """Write a run, or two, as one HTML page for a decision.

    A run's folder may hold a ranking (`sanad eval run`), answers (`sanad eval answers`), or both;
    the page shows what there is, and with OTHER, what both have.

    The page holds all that it shows and opens from any folder, mail or phone, without a network:
    measures with intervals by language pair and type of question, plots, fairness where the run
    measured it, what made the run, and the failed topics, each with its evidence; of answers,
    wrong answers over coverage, calibration, and the wrong, the held back, the right and the
    rightly silent with their quotes.

    With OTHER, RUN is the base, as in `sanad eval compare`: the page tells how far OTHER differs,
    whether that is more than chance, what fell by the rule of `sanad eval gate`, and shows the
    biggest wins and losses with the passages of both. --qrels measures the runs by other
    judgments; a bare TREC file needs it. The plots need matplotlib (the extra `report`).

    \b
    sanad eval run sample --fairness --output runs/now
    sanad eval answers sample --output runs/now
    sanad eval report runs/now --output now.html
    sanad eval report runs/before runs/now --output report.html --title "Release 1.4"
    sanad eval report bm25.trec runs/now --qrels qrels.txt --topics 50 --output report.html
    """
    build_page = _page_builder()
    judgments = None if qrels is None else read_qrels(qrels)
    *base, decided = open_reported([run] if other is None else [run, other], qrels=judgments)
    text = build_page(decided, base=base[0] if base else None, title=title, most=topics)
    _write(text, output)
    stderr_report(f"written to {output}: open it in a browser")


def _page_builder() -> Callable[..., str]:
    # Here and not above: the help is there without the plotting library, and at once.
    try:
        from eval.page.building import build_page  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ConfigError(
            "matplotlib, which draws the plots of a report, is not installed: "
            "pip install 'matplotlib>=3.10' beside Sanad, or Sanad with its extra `report`"
        ) from error
    return build_page


def _write(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be written: {error.strerror}") from error
