"""A run comes back from its folder as it was written, and a damaged one is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SourceUnreadable
from eval.measures import NAMES, measure_topics
from eval.runs import (
    MANIFEST_FILE,
    TOPICS_FILE,
    Judged,
    Result,
    Run,
    RunTopic,
    make_room,
    read_run,
    write_run,
)

TOPIC = RunTopic(
    id="سؤال 1",
    text="متى وقّعت\u2028المعاهدة؟",
    language="ar",
    pair="ar->ar",
    kind="when",
    answerable=True,
    measures={"nDCG@10": 0.5},
    results=(
        Result(
            rank=1,
            article_id="خبر/1",
            passage_id="p",
            score=1.5,
            language="ar",
            title="عنوان 🌍",
            text="“نص”\r\u200f",
            explanation={
                "dense_rank": 1,
                "lexical_rank": None,
                "contributions": [{"name": "dense", "note": "أول", "value": 1.5}],
            },
        ),
    ),
    judged=(Judged(article_id="خبر/1", grade=2, language="ar", title="عنوان", text="نص"),),
)
RUN = Run(
    name="hybrid 2",
    topics=(TOPIC,),
    ranking={"سؤال 1": {"خبر/1": 1.5, "50%\tb": 0.25}},
    manifest={"commit": "abc", "seeds": {"bootstrap": 1}},
)


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_run(RUN, tmp_path / "new" / "run")
    write_run(RUN, tmp_path / "new" / "run")
    assert read_run(tmp_path / "new" / "run") == RUN


def test_fairness_comes_back_and_goes_with_the_run_it_belongs_to(tmp_path: Path) -> None:
    fair = replace(RUN, fairness={"topics": 2, "shares": {"ar": {"distance": 0.5}}})
    write_run(fair, tmp_path)
    assert read_run(tmp_path) == fair

    write_run(RUN, tmp_path)
    assert read_run(tmp_path).fairness is None


def test_a_folder_that_cannot_be_made_is_named_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceUnreadable, match="file/run cannot be made"):
        make_room(tmp_path / "file" / "run")


def test_nothing_foreign_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(SourceUnreadable, match="holds thesis.txt, which is no part of a run"):
        write_run(RUN, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_without_a_run_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="sanad eval run --output"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (MANIFEST_FILE, "[]"),
        (MANIFEST_FILE, "{"),
        (TOPICS_FILE, "{}"),
        (TOPICS_FILE, "null"),
        ("run.trec", "a Q0 b 1 high name"),
        ("run.trec", "a Q0 b"),
    ],
)
def test_a_damaged_run_is_named(file: str, content: str, tmp_path: Path) -> None:
    write_run(RUN, tmp_path)
    (tmp_path / file).write_text(content)
    with pytest.raises(SourceUnreadable, match=file):
        read_run(tmp_path)


@pytest.mark.parametrize("file", [TOPICS_FILE, "run.trec"])
def test_a_missing_part_is_named(file: str, tmp_path: Path) -> None:
    write_run(RUN, tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(SourceUnreadable, match=file):
        read_run(tmp_path)


def test_measures_are_those_of_the_formulas_and_a_topic_without_results_has_none() -> None:
    qrels = {"q": {"a": 1, "b": 1}, "silent": {"a": 1}}
    values = measure_topics(qrels, {"q": {"x": 3.0, "a": 2.0, "y": 1.0}})
    assert values["silent"] == dict.fromkeys(NAMES, 0.0)
    found = values["q"]
    assert found["RR@10"] == 0.5
    assert found["R@10"] == found["R@100"] == 0.5
    assert (found["Success@1"], found["Success@5"]) == (0.0, 1.0)
    assert found["AP"] == 0.25
    assert found["Judged@10"] == pytest.approx(1 / 3)
    # 1 / log2(3) over the ideal 1 + 1 / log2(3): Järvelin and Kekäläinen 2002.
    assert found["nDCG@10"] == pytest.approx(0.63093 / 1.63093, abs=1e-4)
