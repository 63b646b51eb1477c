"""What is written can be read back, and says of each goal whether it was reached."""

import gzip
import json
from pathlib import Path

from benchmarks.retrieval_figures import Goal, differences, figures, outcomes
from benchmarks.retrieval_report import Measured, tables, write_figures, write_topics
from benchmarks.retrieval_rows import BASELINES, ROWS, VARIANTS
from benchmarks.retrieval_values import Group

TOPICS = tuple(f"سؤال-{number}" for number in range(40))


def group(setting: str, name: str, *measures: str) -> Group:
    """The product has .75, every other row .5, but one that has it all too."""
    return Group(
        setting=setting,
        name=name,
        values={
            row: {
                measure: dict.fromkeys(TOPICS, 0.75 if row in {"sanad", "rrf"} else 0.5)
                for measure in measures
            }
            for row in ROWS
        },
    )


GROUPS = [
    group("large/ar", "en->ar", "nDCG@10", "RR@10", "Success@1"),
    group("fair", "translations, all", "R@10", "All@20"),
]
GOALS = [
    Goal(setting="large/ar", group="en->ar", measure="nDCG@10", at_least=0.78),
    Goal(setting="fair", group="translations, all", measure="All@20", at_least=0.7),
    Goal(setting="large/ar", group="en->ar", measure="nDCG@10", at_least=None, minus="bm25"),
]


def measured() -> Measured:
    against = differences(GROUPS, BASELINES)
    return Measured(
        environment={"commit": "0123"},
        indexes={"large/ar": {"articles": 3}},
        figures=figures(GROUPS),
        against_baselines=against,
        left_out=differences(GROUPS, tuple(VARIANTS)),
        outcomes=outcomes(GROUPS, against, GOALS),
        seconds=1.5,
    )


def test_the_tables_tell_goals_rivals_and_parts() -> None:
    lines = tables(measured()).splitlines()
    assert "| large/ar | en->ar | nDCG@10 >= 0.78 | .750 [.75, .75] | **no** |" in lines
    assert "| fair | translations, all | All@20 >= 0.7 | .750 [.75, .75] | yes |" in lines
    assert (
        "| large/ar | en->ar | sanad better than bm25, nDCG@10 | .750 [.75, .75] | yes |"
        not in lines
    )
    assert (
        "| large/ar | en->ar | sanad better than bm25, nDCG@10 | .250 [.25, .25] | yes |" in lines
    )
    assert any(
        line.startswith("| large/ar | en->ar | 40 | nDCG@10 | .750 [.75, .75] |")
        and ".500 [.50, .50]*" in line
        for line in lines
    )
    assert f"| large/ar | en->ar | .750 | {' | '.join(['+.250*'] * len(VARIANTS))} |" in lines


def test_the_json_holds_all_figures_and_what_made_them(tmp_path: Path) -> None:
    write_figures(measured(), tmp_path)
    found = json.loads((tmp_path / "retrieval.json").read_text("utf-8"))
    assert found["environment"] == {"commit": "0123"}
    assert found["indexes"] == {"large/ar": {"articles": 3}}
    assert len(found["figures"]) == 2 * len(ROWS)
    assert [one["reached"] for one in found["goals"]] == [False, True, True]
    assert {one["row"] for one in found["left_out"]} == set(VARIANTS)
    assert (tmp_path / "retrieval.md").read_text("utf-8") == tables(measured())


def test_every_topic_is_kept_in_one_small_file_a_part(tmp_path: Path) -> None:
    write_topics(GROUPS, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"large.tsv.gz", "fair.tsv.gz"}
    head, *lines = gzip.decompress((tmp_path / "large.tsv.gz").read_bytes()).decode().splitlines()
    assert head.split("\t") == ["setting", "group", "measure", "topic", *ROWS]
    assert len(lines) == 2 * len(TOPICS)
    assert lines[0].split("\t")[:6] == ["large/ar", "en->ar", "nDCG@10", "سؤال-0", "0.75", "0.5"]
    assert lines[-1].split("\t")[2] == "Success@1"


def test_the_same_topics_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_topics(GROUPS, tmp_path / name)
    first, second = ((tmp_path / name / "fair.tsv.gz").read_bytes() for name in ("one", "two"))
    assert first == second
