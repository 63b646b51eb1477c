"""Judgments of several judges become qrels, and where they differ is told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import InputError
from eval.grades import ItemKey
from eval.judgment_files import read_table
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
from eval.opening import judge_again
from eval.pools import pool_runs
from eval.qrels import read_qrels, write_qrels
from tests.eval.judged_pool import POOL, judge_table, passage, run_of

HEAD = "topic\tarticle\tpassage\tgrade\tnote\tjudge\n"
ITEM = ItemKey("q", "خبر", "p")


def judges(folder: Path, *tables: str, names: Sequence[str] = "abcdefg") -> tuple[Judge, ...]:
    """Of files a.tsv, b.tsv …, each the lines of a table."""
    files = []
    for name, lines in zip(names, tables, strict=False):
        path = folder / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + lines, encoding="utf-8")
        files.append(read_table(path))
    return gather_judges(files)


@pytest.mark.parametrize(
    ("grades", "majority", "highest", "first"),
    [
        ("2", 2, 2, 2),
        ("31", 1, 3, 3),  # of two, the lower
        ("133", 3, 3, 1),
        ("003", 0, 3, 0),
        ("032", 2, 3, 0),  # two of three give at least 2
        ("0033", 0, 3, 0),  # 3 is given by half, not by more
        ("0123", 1, 3, 0),
    ],
)
def test_one_grade_counts_where_judges_differ(
    grades: str, majority: int, highest: int, first: int, tmp_path: Path
) -> None:
    given = judges(tmp_path, *(f"q\tخبر\tp\t{grade}\t\t\n" for grade in grades))

    assert resolve(given, Resolution.MAJORITY) == {ITEM: majority}
    assert resolve(given, Resolution.MAX) == {ITEM: highest}
    assert resolve(given, Resolution.FIRST) == {ITEM: first}


def test_first_is_the_first_judge_who_gave_a_grade(tmp_path: Path) -> None:
    given = judges(tmp_path, "q\tخبر\tp\t\t\t\n", "q\tخبر\tp\t1\t\t\n", "q\tخبر\tp\t3\t\t\n")
    assert resolve(given, Resolution.FIRST) == {ITEM: 1}


def test_an_article_is_as_good_as_its_best_passage() -> None:
    grades = {
        ItemKey("q1", "أ", "1"): 1,
        ItemKey("q1", "أ", "2"): 3,
        ItemKey("q1", "أ", "3"): 0,
        ItemKey("q1", "ب", "1"): 0,
        ItemKey("q2", "أ", "1"): 2,
    }
    assert article_qrels(grades) == {"q1": {"أ": 3, "ب": 0}, "q2": {"أ": 2}}


def test_new_grades_replace_earlier_ones_and_lose_none() -> None:
    known = {"q1": {"أ": 1, "ب": 2}, "q2": {"ج": 0}}
    assert join_qrels(known, {"q1": {"ب": 0, "د": 3}, "q3": {"ه": 1}}) == {
        "q1": {"أ": 1, "ب": 0, "د": 3},
        "q2": {"ج": 0},
        "q3": {"ه": 1},
    }


def test_a_judge_is_called_as_the_file_unless_a_line_names_one(tmp_path: Path) -> None:
    line = "q\tخبر\tp\t1\t\t"
    given = judges(
        tmp_path,
        *(f"{line}\n", f"{line}منى\n", f"{line}\n", f"{line}\n"),
        names=["one/judged", "x", "two/judged", "عمر"],
    )
    assert [judge.name for judge in given] == [
        str(tmp_path / "one" / "judged.tsv"),
        "منى",
        str(tmp_path / "two" / "judged.tsv"),
        "عمر",
    ]


def test_a_file_called_as_a_judge_of_another_file_is_not_theirs(tmp_path: Path) -> None:
    given = judges(tmp_path, "q\tx\tp\t1\t\tb\n", "q\tx\tp\t0\t\t\n")
    assert [judge.name for judge in given] == ["b", str(tmp_path / "b.tsv")]


def test_files_of_one_name_are_one_judges(tmp_path: Path) -> None:
    (mona,) = judges(
        tmp_path, "q\tx\tp\t1\t\tمنى\nq\ty\tp\t\t\tمنى\n", "q\ty\tp\t2\t\tمنى\nq\tx\tp\t1\t\tمنى\n"
    )
    assert mona.grades == {ItemKey("q", "x", "p"): 1, ItemKey("q", "y", "p"): 2}
    assert len(mona.paths) == 2


def test_a_judge_of_two_minds_is_asked(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"b\.tsv:2: منى gives grade 3 for what .*a\.tsv:2 grades 1"
    ):
        judges(tmp_path, "q\tx\tp\t1\t\tمنى\n", "q\tx\tp\t3\t\tمنى\n")


def test_disagreements_are_told_largest_first_with_grades_and_notes(tmp_path: Path) -> None:
    given = judges(
        tmp_path,
        "q\tx\tp\t1\t\t\nq\ty\tp\t0\tلا يجيب\t\nq\tz\tp\t2\t\t\nq\tw\tp\t3\t\t\n",
        "q\tx\tp\t2\t\t\nq\ty\tp\t3\t\t\nq\tz\tp\t2\t\t\nq\tw\tp\t\t?\t\n",
    )
    found = find_disagreements(given)

    assert [one.key.article_id for one in found] == ["y", "x"]
    assert found[0].grades == {"a": 0, "b": 3}
    assert found[0].notes == {"a": "لا يجيب"}


def test_every_two_judges_are_compared_on_what_both_judged(tmp_path: Path) -> None:
    given = judges(
        tmp_path, "q\tx\tp\t1\t\t\n", "q\tx\tp\t1\t\t\nq\ty\tp\t1\t\t\n", "q\ty\tp\t1\t\t\n"
    )
    assert [(one.first, one.second, one.n) for one in pairwise_agreement(given)] == [
        ("a", "b", 1),
        ("a", "c", 0),
        ("b", "c", 1),
    ]


def test_runs_are_judged_to_the_depth_of_their_pool(tmp_path: Path) -> None:
    ours = [passage(f"أ/{n}") for n in range(10)]
    theirs = [*(passage(f"ب {n}") for n in range(7)), *ours[:3]]
    runs = [run_of("hybrid", {"س 1": ours}), run_of("lexical", {"س 1": theirs})]

    for depth, judged in ((10, 1.0), (4, 0.4)):
        pool = pool_runs(runs, depth=depth)
        grades = [str(number % 4) for number, _ in enumerate(pool.items)]
        path = judge_table(pool, tmp_path / f"{depth}.tsv", grades)
        qrels = article_qrels(resolve(gather_judges([read_table(path)]), Resolution.MAJORITY))
        write_qrels(qrels, tmp_path / f"{depth}-qrels.tsv")

        measured = judge_again(runs[0], read_qrels(tmp_path / f"{depth}-qrels.tsv"))
        assert measured.topics[0].measures["Judged@10"] == judged
        assert {one.article_id: one.grade for one in measured.topics[0].judged} == {
            key: grade for key, grade in qrels["س 1"].items() if grade
        }


def test_ids_that_no_spreadsheet_likes_reach_the_qrels(tmp_path: Path) -> None:
    path = judge_table(POOL, tmp_path / "a.tsv", ["3", "0", "1"])
    qrels = article_qrels(resolve(gather_judges([read_table(path)]), Resolution.MAX))
    assert qrels == {"سؤال 1": {"خبر/1": 3, "=cmd|' /C calc'!A0": 0}, "007": {"50%\t\n": 1}}
