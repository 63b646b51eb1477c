"""Reports of judgments: tables for people, plain values for JSON."""

import math
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from eval.agreement import Agreement, Kappa
from eval.cells import id_cell
from eval.grades import RELEVANT
from eval.judgments import Disagreement, Judge
from eval.report import INTERVALS, new_table, number

_UNDEFINED = "undefined"
_WHY_UNDEFINED = "undefined: both gave one and the same grade throughout"


def judge_table(judges: Sequence[Judge]) -> Table:
    """One row a judge: passages graded, and left without a grade."""
    shown = new_table("Judges", "judge", "judged", "left open")
    for judge in judges:
        graded = len(judge.grades)
        shown.add_row(Text(judge.name), str(graded), str(len(judge.lines) - graded))
    return shown


def agreement_table(agreements: Sequence[Agreement]) -> Table:
    """One row a pair of judges: how many both judged, raw agreement and kappa with intervals."""
    kappas = [kappa for one in agreements if one.n for kappa in (one.binary, one.weighted)]
    notes = [f"relevant: grade {RELEVANT} or more; {INTERVALS}"]
    if any(kappa.value is None for kappa in kappas):
        notes.append(_WHY_UNDEFINED)
    shown = new_table(
        "Agreement of every two judges",
        *("judges", "n", "same\ngrade", "both\nrelevant\nor not", "kappa,\nrelevant or not"),
        "kappa,\nweighted by grade",
        caption="\n".join(notes),
    )
    for one in agreements:
        cells = ["–"] * 4
        if one.n:
            cells = [number(one.agreed, 2), number(one.agreed_binary, 2)]
            cells += [kappa_cell(one.binary), kappa_cell(one.weighted)]
        shown.add_row(Text(f"{one.first} / {one.second}"), str(one.n), *cells)
    return shown


def disagreement_table(disagreements: Sequence[Disagreement], judges: Sequence[Judge]) -> Table:
    """One row a passage: its topic and article, and what each judge gave and wrote."""
    shown = Table(title=Text(f"Passages judged differently: {len(disagreements)}"), show_lines=True)
    shown.add_column("topic and question", ratio=2, overflow="fold")
    shown.add_column("article and passage", ratio=3, overflow="fold")
    for judge in judges:
        shown.add_column(Text(judge.name), ratio=1)
    for one in disagreements:
        shown.add_row(
            Text(f"{id_cell(one.key.topic_id)}\n{one.question}"),
            Text(f"{id_cell(one.key.article_id)}\n{id_cell(one.key.passage_id)}\n{one.title}"),
            *(Text(_opinion(one, judge.name)) for judge in judges),
        )
    return shown


def judgments_as_dict(
    *,
    judges: Sequence[Judge],
    agreements: Sequence[Agreement],
    disagreements: Sequence[Disagreement],
) -> dict[str, object]:
    """Plain JSON values; a kappa that is undefined, or measured on nothing, is null."""
    return {
        "judges": [
            {
                "name": judge.name,
                "files": [path.name for path in judge.paths],
                "judged": len(judge.grades),
                "unjudged": len(judge.lines) - len(judge.grades),
            }
            for judge in judges
        ],
        "agreement": [agreement_as_dict(one) for one in agreements],
        "disagreements": [
            {
                **one.key._asdict(),
                **{key: value for key, value in asdict(one).items() if key != "key"},
            }
            for one in disagreements
        ],
    }


def agreement_as_dict(agreement: Agreement) -> dict[str, object]:
    """Plain JSON values; NaN becomes null."""
    return {key: _plain(value) for key, value in asdict(agreement).items()}


def kappa_cell(kappa: Kappa) -> str:
    """The value with its interval, if there is one."""
    if kappa.value is None:
        return _UNDEFINED
    if kappa.low is None or kappa.high is None:
        return f"{kappa.value:.2f}"
    return f"{kappa.value:.2f} [{kappa.low:.2f}, {kappa.high:.2f}]"


def _opinion(disagreement: Disagreement, name: str) -> str:
    grade = disagreement.grades.get(name)
    shown = "–" if grade is None else str(grade)
    return "\n".join([shown, *filter(None, [disagreement.notes.get(name)])])


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
