"""`sanad eval judge` on runs from their folders: out to judges, back into qrels and `compare`."""

import io
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from eval.judgment_files import read_table
from eval.qrels import read_qrels, write_qrels
from eval.runs import write_run
from sanad.app import run
from tests.eval.judged_pool import passage, run_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command line has left."""

    returncode: int
    stdout: str
    stderr: str


def sanad(*arguments: str | Path) -> Done:
    """Run it in this process: neither index nor model takes part."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(["eval", *map(str, arguments)])
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return Done(
        returncode=status, stdout=out.buffer.getvalue().decode("utf-8"), stderr=err.getvalue()
    )


def done(*arguments: str | Path) -> Done:
    process = sanad(*arguments)
    assert process.returncode == 0, process.stderr
    return process


def judge(pool: Path, to: Path, grades: Sequence[str]) -> Path:
    """Fill `pool` in, as a person does in a spreadsheet."""
    head, *lines = pool.read_text("utf-8-sig").splitlines()
    filled = [line.split("\t") for line in lines]
    for cells, grade in zip(filled, grades, strict=True):
        cells[7] = grade
    to.write_text("\n".join([head, *("\t".join(cells) for cells in filled)]), encoding="utf-8")
    return to


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of two topics, ten results each, five of them in both."""
    made = tmp_path_factory.mktemp("judged")
    hybrid = {f"س {t}": [passage(f"خبر {t}/{n}") for n in range(10)] for t in range(2)}
    dense = {f"س {t}": [passage(f"خبر {t}/{n}") for n in range(14, 4, -1)] for t in range(2)}
    write_run(run_of("hybrid", hybrid), made / "hybrid")
    write_run(run_of("dense", dense), made / "dense")
    return made


@pytest.fixture(scope="module")
def table(folder: Path) -> Path:
    """Their pool: 15 passages a topic, the grades still open."""
    pool = folder / "pool.tsv"
    done("judge", "export", folder / "hybrid", folder / "dense", "--output", pool)
    return pool


def test_a_pool_is_told_and_holds_each_passage_once(folder: Path, table: Path) -> None:
    lines = read_table(table).lines

    assert len({line.key for line in lines}) == len(lines) == 30
    assert {line.grade for line in lines} == {None}
    process = done(
        *("judge", "export", folder / "hybrid", folder / "dense", "--depth", "2"),
        *("--topics", "س 1", "--output", folder / "pool.html"),
    )
    assert "pool.html: passages to judge: 4; topics: 1" in process.stderr
    page = (folder / "pool.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "hybrid" not in page


def test_judgments_come_back_as_qrels_that_compare_takes(folder: Path, table: Path) -> None:
    grades = [str(number % 4) for number in range(30)]
    judged = judge(table, folder / "منى.tsv", grades)
    for name in ("qrels.tsv", "qrels.txt"):
        process = done("judge", "read", judged, "--output", folder / name)
        assert "articles judged: 30; topics: 2" in process.stderr
        assert read_qrels(folder / name) == {
            topic: {
                line.key.article_id: int(grade)
                for line, grade in zip(read_table(judged).lines, grades, strict=True)
                if line.key.topic_id == topic
            }
            for topic in ("س 0", "س 1")
        }
        compared = done(
            *("compare", folder / "hybrid", folder / "dense", "--qrels", folder / name),
            *("--measure", "Judged@10", "--measure", "nDCG@10", "--json"),
        )
        rows = json.loads(compared.stdout)["rows"]
        # Everything that the two show in their first ten has been judged.
        assert [
            (row["base_mean"], row["other_mean"], row["difference"]["n"])
            for row in rows
            if row["measure"] == "Judged@10" and row["group"] == "all"
        ] == [(1.0, 1.0, 2)]
        assert all(0 < row["base_mean"] < 1 for row in rows if row["measure"] == "nDCG@10")


def test_two_judges_are_held_against_each_other(folder: Path, table: Path) -> None:
    first = judge(table, folder / "first.tsv", ["0", "2"] * 14 + ["3", "1"])
    second = judge(table, folder / "second.tsv", ["0", "2"] * 14 + ["1", ""])
    read = ("judge", "read", first, second, "--output", folder / "two.txt")

    process = done(*read, "--json")
    found = json.loads(process.stdout)
    assert [(one["judged"], one["unjudged"]) for one in found["judges"]] == [(30, 0), (29, 1)]
    (agreement,) = found["agreement"]
    assert (agreement["n"], agreement["agreed"]) == (29, pytest.approx(28 / 29))
    assert agreement["binary"]["value"] == 1
    (difference,) = found["disagreements"]
    assert difference["grades"] == {"first": 3, "second": 1}

    text = done(*read).stdout
    assert "first / second" in text
    assert "Passages judged differently: 1" in text
    topic, article, _ = read_table(first).lines[28].key
    for how, grade in (("majority", 1), ("max", 3), ("first", 3)):
        done(*read, "--resolve", how)
        assert read_qrels(folder / "two.txt")[topic][article] == grade


def test_what_is_judged_is_not_asked_again_and_both_are_joined(folder: Path, table: Path) -> None:
    known = {"س 0": {f"خبر 0/{n}": 1 for n in range(15)}, "س 1": {"خبر 1/0": 2, "elsewhere": 1}}
    write_qrels(known, folder / "known.tsv")
    process = done(
        *("judge", "export", folder / "hybrid", folder / "dense", "--output", folder / "rest.tsv"),
        *("--qrels", folder / "known.tsv"),
    )
    assert "passages to judge: 14; topics: 1" in process.stderr
    assert "left out as judged already: 16" in process.stderr

    judged = judge(folder / "rest.tsv", folder / "rest-judged.tsv", ["3"] * 13 + [""])
    process = done(
        *("judge", "read", judged, "--qrels", folder / "known.tsv"),
        *("--output", folder / "all.tsv"),
    )
    assert "in place of earlier grades: 0" in process.stderr
    assert "passages without a grade from anyone: 1" in process.stderr
    joined = read_qrels(folder / "all.tsv")
    assert joined["س 0"] == known["س 0"]
    assert len(joined["س 1"]) == 2 + 13


def test_a_bad_line_stops_everything_and_is_named(folder: Path, table: Path) -> None:
    judged = judge(table, folder / "bad.tsv", ["1"] * 29 + ["good"])
    process = sanad("judge", "read", judged, "--output", folder / "bad.txt")

    assert process.returncode == 2
    assert "bad.tsv:31: grade 'good': 0, 1, 2, 3 or nothing is allowed" in process.stderr
    assert not (folder / "bad.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "hybrid", "--output", "new.pdf"], "name a page, .html, or a table, .tsv"),
        (["export", "hybrid", "--output", "pool.tsv"], "exists and may hold judgments"),
        (["export", ".", "--output", "new.tsv"], "holds no run"),
        (["export", "hybrid", "--output", "new.tsv", "--topics", "س 9"], "is in none of the runs"),
        (["export", "hybrid", "--output", "new.tsv", "--depth", "11"], "less than or equal to 10"),
        (["read", "pool.tsv", "--output", "pool.tsv"], "is one of the judged tables"),
        (["read", "pool.tsv", "--output", "new.txt"], "no line has a grade"),
        (["read", "none.tsv", "--output", "new.txt"], "none.tsv cannot be read"),
    ],
)
def test_wrong_usage_is_told_and_writes_nothing(
    arguments: list[str],
    message: str,
    folder: Path,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    before = table.read_bytes()
    process = sanad("judge", *arguments)

    assert process.returncode == 2
    assert message in process.stderr
    assert table.read_bytes() == before
    assert not list(folder.glob("new.*"))


def test_topics_may_be_listed_in_a_file(folder: Path) -> None:
    (folder / "topics.txt").write_text("س 0\tNe zaman?\n\n", encoding="utf-8")
    process = done(
        *("judge", "export", folder / "hybrid", "--topics", folder / "topics.txt"),
        *("--output", folder / "listed.tsv"),
    )
    assert "passages to judge: 10; topics: 1" in process.stderr


def test_topics_that_nothing_answers_are_told(folder: Path, table: Path) -> None:
    judged = judge(table, folder / "zeros.tsv", ["0"] * 29 + ["1"])
    process = done("judge", "read", judged, "--output", folder / "zeros.txt")
    assert "topics with nothing relevant, in no measure: 1" in process.stderr


@pytest.mark.parametrize("command", ["export", "read"])
def test_the_help_teaches_with_examples(command: str) -> None:
    text = done("judge", command, "--help").stdout
    assert text.count(f"sanad eval judge {command}") >= 2
