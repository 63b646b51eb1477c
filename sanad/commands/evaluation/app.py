"""`sanad eval`: the group of its commands, each imported when it is run."""

import typer

from sanad.lazy_group import LazyCommand, lazy_group

HELP = """Measure search and answers on a test collection.

\b
  sanad eval run sample --output runs/now        nDCG@10, R@100 … by language pair
  sanad eval compare runs/before runs/now        is the difference more than chance?
  sanad eval report runs/now --output now.html   a page to look at, with the evidence
  sanad eval gate runs/now --baseline FILE       exit status 1 if it fell
  sanad eval judge export runs/a runs/b --output pool.html    have people judge what runs find
  sanad eval answers sample --output runs/now    quotes, citations, abstention, confidence
"""


def _command(name: str, summary: str) -> LazyCommand:
    """The function `name` of the module `name` of this package."""
    return LazyCommand(module=f"sanad.commands.evaluation.{name}", attribute=name, summary=summary)


COMMANDS = {
    "run": _command("run", "Measure search by article, on every topic of a collection."),
    "compare": _command("compare", "Compare runs with a base, topic by topic."),
    "report": _command("report", "Write a run, or two, as one HTML page for a decision."),
    "gate": _command("gate", "Fail, with exit status 1, a run that falls below the baseline."),
    "judge": LazyCommand(
        module="sanad.commands.evaluation.judge",
        attribute="app",
        summary="Have people judge what runs find, and read their judgments back.",
    ),
    "answers": _command(
        "answers", "Measure answers: their quotes and citations, abstention, and confidence."
    ),
    "train": _command("train", "Fit the weights of evidence and abstention."),
    "train-spans": LazyCommand(
        module="sanad.commands.evaluation.train_spans",
        attribute="train_spans",
        summary="Fit the model of short answers in quotes.",
    ),
}
"""Every command by name, in the order in which `sanad eval --help` lists them."""

app = typer.Typer(cls=lazy_group(COMMANDS), help=HELP, add_completion=False, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Typer makes a group of an app without commands of its own only if it has a callback."""
