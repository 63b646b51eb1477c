"""Settings hold what they say: corpora without titles, guests by language, parts by name."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from benchmarks.retrieval_figures import GOALS
from benchmarks.retrieval_settings import (
    LANGUAGES,
    chosen,
    full_settings,
    lanes,
    smoke_settings,
    split_corpus,
    without_titles,
)
from eval.records import read_records

ROOT = Path(__file__).parents[2]


def write_lines(path: Path, records: Iterable[Mapping[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The layout of the open data, one article and question each."""
    folder = tmp_path / "data"
    for language in LANGUAGES:
        paragraph = {"_id": f"p0-{language}", "title": "", "text": "نص", "lang": language}
        question = {"_id": f"q0-{language}", "text": "ما؟", "metadata": {"lang": language}}
        write_lines(folder / "xquad" / "corpus" / language / "corpus.jsonl.gz", [paragraph])
        write_lines(folder / "xquad" / "queries" / language / "queries.jsonl", [question])
        for other in LANGUAGES:
            judgments(
                folder / "xquad" / "qrels" / f"{language}-{other}.tsv",
                f"q0-{language}\tp0-{other}\t1",
            )
    for name in ("ant-news", "kaiflematha-dev"):
        article = {"_id": f"{name}-1", "title": "عنوان", "text": "أخبار 🌍", "lang": "ar"}
        question = {"_id": f"{name}-q", "text": "لماذا؟", "metadata": {"lang": "ar"}}
        write_lines(folder / name / "corpus.jsonl.gz", [article])
        write_lines(folder / name / "queries.jsonl", [question])
        judgments(folder / name / "qrels" / "test.tsv", f"{name}-q\t{name}-1\t1")
    return folder


def judgments(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"query-id\tcorpus-id\tscore\n{line}\n", encoding="utf-8")


def test_every_goal_is_of_a_setting_and_its_questions(data: Path, tmp_path: Path) -> None:
    settings = full_settings(data, tmp_path / "work")
    groups = {
        (setting.name, group)
        for setting in settings
        if not setting.fairness
        for group in setting.asked
    }
    fair = {setting.name for setting in settings if setting.fairness}
    for goal in GOALS:
        assert goal.setting in fair or (goal.setting, goal.group) in groups


def test_news_are_in_the_index_without_titles_in_every_large_setting(
    data: Path, tmp_path: Path
) -> None:
    settings = {setting.name: setting for setting in full_settings(data, tmp_path / "work")}
    (bodies,) = settings["headlines"].base
    assert list(read_records(bodies)) == [
        {"_id": "ant-news-1", "title": "", "text": "أخبار 🌍", "lang": "ar"}
    ]
    large = ("large/ar", "large/en", "fair-large", "kaiflematha", "headlines")
    assert {settings[name].base for name in large} == {(bodies,)}
    assert settings["small/ar"].base == settings["fair/alone"].base == ()


def test_a_pair_asks_in_one_language_and_holds_the_paragraphs_of_the_other(
    data: Path, tmp_path: Path
) -> None:
    settings = {setting.name: setting for setting in full_settings(data, tmp_path / "work")}
    large = settings["large/en"]
    assert [path.parent.name for path in large.guests] == ["en"]
    assert {
        group: [(topic.language, topic.qrels) for topic in collection.topics]
        for group, collection in large.asked.items()
    } == {"ar->en": [("ar", {"p0-en": 1})]}
    assert len(settings["small/ar"].asked) == 5
    assert len(settings["fair-large"].guests) == 5


def test_settings_are_shared_by_cost_and_none_is_lost(data: Path, tmp_path: Path) -> None:
    settings = full_settings(data, tmp_path / "work")
    first, second = lanes(settings, 2)
    assert sorted(one.name for one in [*first, *second]) == sorted(one.name for one in settings)
    costs = [sum(one.cost for one in lane) for lane in (first, second)]
    assert max(costs) - min(costs) <= max(one.cost for one in settings)
    assert [one.name for one in first] == [one.name for one in settings if one in first]
    assert [[one.name for one in lane] for lane in lanes(settings[:1], 2)] == [[settings[0].name]]


def test_parts_and_settings_are_chosen_by_name(data: Path, tmp_path: Path) -> None:
    settings = full_settings(data, tmp_path / "work")
    assert chosen(settings, []) == settings
    names = [setting.name for setting in chosen(settings, ["small/en", "headlines", "large"])]
    assert names == ["small/en", "large/ar", "large/en", "headlines"]
    with pytest.raises(SystemExit, match=r"--only smal: choose from fair, fair-99, fair-large"):
        chosen(settings, ["smal"])


def test_a_corpus_without_titles_is_written_once_and_always_the_same(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [{"_id": "1", "title": "ع", "text": "نص"}])
    first = without_titles(corpus, tmp_path / "a")
    second = without_titles(corpus, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    written = first.stat().st_mtime_ns
    assert without_titles(corpus, tmp_path / "a").stat().st_mtime_ns == written
    write_lines(corpus, [{"_id": "1", "title": "ع", "text": "نص آخر"}])
    assert without_titles(corpus, tmp_path / "a") != first


def test_halves_hold_every_record_once(tmp_path: Path) -> None:
    records = [{"_id": str(number), "text": "نص"} for number in range(5)]
    halves = split_corpus(write_lines(tmp_path / "corpus.jsonl", records), tmp_path / "work")
    found = [[record["_id"] for record in read_records(half)] for half in halves]
    assert found == [["0", "2", "4"], ["1", "3"]]


def test_the_smoke_version_needs_nothing_but_the_sample_archive(tmp_path: Path) -> None:
    whole, hosted = smoke_settings(ROOT / "sample", tmp_path)
    assert whole.asked == hosted.asked
    assert not whole.base
    assert hosted.base
    assert hosted.guests
