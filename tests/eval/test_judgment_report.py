"""Reports of judgments say what was computed, in the terminal and as JSON."""

import io
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.agreement import Agreement, measure_agreement
from eval.grades import ItemKey
from eval.judgment_files import JudgedLine
from eval.judgment_report import (
    agreement_table,
    disagreement_table,
    judge_table,
    judgments_as_dict,
)
from eval.judgments import Judge, find_disagreements, pairwise_agreement

EMPTY: dict[ItemKey, int] = {}


def judge(name: str, *grades: int | None, note: str = "") -> Judge:
    lines = {}
    for number, grade in enumerate(grades):
        key = ItemKey(f"سؤال {number % 2}", f"خبر [{number}]", "p\t1")
        lines[key] = JudgedLine(
            key=key, grade=grade, question="متى؟", title="عنوان 🌍", note=note, place="x:1"
        )
    return Judge(name=name, paths=(Path("folder") / f"{name}.tsv",), lines=lines)


MONA = judge("منى", 0, 3, 3, 0, None)
OMAR = judge("Omar [b]", 0, 3, 1, 0, 2, note="لأن…")
TWO = (MONA, OMAR)


def shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(table)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_judges_are_shown_with_what_they_left_open() -> None:
    rows = [line.split() for line in shown(judge_table(TWO)).splitlines()]
    assert ["منى", "4", "1"] in rows
    assert ["Omar", "[b]", "5", "0"] in rows


def test_agreement_is_shown_with_kappas_and_intervals() -> None:
    (agreement,) = pairwise_agreement(TWO)
    text = shown(agreement_table([agreement]))

    assert "منى / Omar [b]" in text
    assert agreement.weighted.value is not None
    assert f"{agreement.weighted.value:.2f} [" in text
    assert " .75 " in text  # the same grade for 3 of 4
    assert "undefined" not in text


def constant() -> Agreement:
    key = ItemKey("q", "a", "p")
    return measure_agreement({key: 0}, {key: 0}, names=("a", "b"))


def test_an_undefined_kappa_is_said_to_be_so() -> None:
    text = shown(agreement_table([constant()]))
    assert text.count("undefined") == 3
    assert "both gave one and the same grade throughout" in text


def test_judges_who_share_nothing_have_no_numbers() -> None:
    text = shown(agreement_table([measure_agreement(EMPTY, EMPTY, names=("a", "b"))]))
    (row,) = (line.split() for line in text.splitlines() if "a / b" in line)
    assert row == ["a", "/", "b", "0", "–", "–", "–", "–"]


def test_a_disagreement_is_shown_with_what_each_gave_and_wrote() -> None:
    text = shown(disagreement_table(find_disagreements(TWO), TWO))

    assert "Passages judged differently: 1" in text
    for part in ("سؤال 0", "متى؟", "خبر [2]", "p%091", "عنوان", "Omar [b]", "لأن…"):
        assert part in text


def test_the_json_holds_all_of_it() -> None:
    values = judgments_as_dict(
        judges=TWO,
        agreements=[*pairwise_agreement(TWO), constant()],
        disagreements=find_disagreements(TWO),
    )
    read = json.loads(json.dumps(values, allow_nan=False))

    assert read["judges"][0] == {"name": "منى", "files": ["منى.tsv"], "judged": 4, "unjudged": 1}
    assert read["agreement"][0]["n"] == 4
    assert set(read["agreement"][0]["binary"]) == {"value", "low", "high"}
    assert read["agreement"][1]["weighted"]["value"] is None
    assert read["disagreements"] == [
        {
            "topic_id": "سؤال 0",
            "article_id": "خبر [2]",
            "passage_id": "p\t1",
            "question": "متى؟",
            "title": "عنوان 🌍",
            "grades": {"منى": 3, "Omar [b]": 1},
            "notes": {"Omar [b]": "لأن…"},
        }
    ]


def test_the_json_of_judges_who_share_nothing_has_no_nan() -> None:
    values = judgments_as_dict(
        judges=(),
        agreements=[measure_agreement(EMPTY, EMPTY, names=("a", "b"))],
        disagreements=(),
    )
    read = json.loads(json.dumps(values, allow_nan=False))
    assert (read["agreement"][0]["n"], read["agreement"][0]["agreed"]) == (0, None)
