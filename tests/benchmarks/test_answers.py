"""The check of many answers: what is broken is named, and the command works on the sample."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.answers_checks import SetChecks, broken, totals
from benchmarks.answers_sets import QuestionSet, archive_of, smoke_sets
from tests.eval.answers.answered import checked, sentence, topic
from tests.sanad.command import ROOT, environment

LIMIT_S = 600
FIRST = 3


def test_what_does_not_stand_or_resolve_is_named() -> None:
    good = checked()
    moved = checked(number=2, is_exact=False)
    gone = checked(number=3, is_exact=False, resolves=False)
    named = (sentence((1, 2)), sentence((3, 4)))

    assert broken(topic("ok", citations=(good,), sentences=(sentence(),))) == []
    found = broken(topic("سؤال", citations=(good, moved, gone), sentences=named))
    assert [line.partition(": ")[2].partition(" of ")[0] for line in found[:2]] == [
        "quote 2", "quote 3",
    ]  # fmt: skip
    assert found[2:] == [
        "topic سؤال: sentence 2 names citation 3, which does not resolve",
        "topic سؤال: sentence 2 names citation 4, which does not resolve",
    ]
    assert len(broken(topic("u", citations=(moved,), abstained=True))) == 1


def test_totals_are_sums() -> None:
    one = SetChecks(
        name="a", asked=3, answers=2, held_back=1, quotes=7, named=6, broken=["x"], first_quote=0.5
    )
    assert totals([one, one]) == SetChecks(
        name="all", asked=6, answers=4, held_back=2, quotes=14, named=12, broken=["x", "x"]
    )


def test_sets_share_one_archive_and_can_be_cut() -> None:
    sets = smoke_sets(ROOT / "sample")
    assert [path.name for path in archive_of(sets).corpus] == ["corpus.jsonl"]
    cut: QuestionSet = sets[0].cut(FIRST)
    assert [len(one.collection.topics) for one in (sets[0], cut)] == [224, FIRST]


def test_the_sample_archive_is_asked_and_every_quote_stands(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "benchmarks/answers.py", "--smoke"),
            *("--first", str(FIRST), "--json", str(tmp_path / "result.json")),
        ],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert [one["set"] for one in found["sets"]] == ["sample", "sample, withdrawn"]
    assert found["totals"]["asked"] == 2 * FIRST
    # Every question is answered, or its quotes are asked for all the same.
    assert found["totals"]["answers"] + found["totals"]["held back"] == 2 * FIRST
    assert found["totals"]["quotes"] >= 2 * FIRST
    assert found["broken"] == []
    assert found["index"]["articles"] == 64
    assert str(tmp_path) not in json.dumps(found)
