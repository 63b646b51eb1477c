"""The page of one run and of two, read by a parser."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InputError, SourceUnreadable
from eval.opening import open_run, open_runs
from eval.runs import write_run
from eval.trec import write_ranking
from tests.eval.page.documents import Node
from tests.eval.page.page_runs import (
    PASSAGES,
    TITLES,
    fair_run,
    good_run,
    order,
    poor_run,
    run,
    topic,
)
from tests.eval.page.reading import cells, page, page_text


def test_a_run_by_itself_has_its_measures_and_no_comparison(one: Node) -> None:
    assert [card.one("h3").words for card in one.every(class_="card")] == [
        "nDCG@10",
        "Success@1",
        "R@100",
    ]
    # 9 of 10 measured topics find their article first.
    assert {card.one(class_="big").words for card in one.every(class_="card")} == {".900"}
    pairs, small, kinds = one.one("section", id="measures").every("table")
    assert cells(pairs, "all topics")[:2] == ["10", ".900.700–1.00"]
    assert cells(small, "fa → ar")[:2] == ["1", ".000"]
    assert cells(kinds, "who")[0] == "5"
    for name in ("comparison", "wins", "losses", "fairness"):
        assert one.every(id=name) == []
    assert "1 more that nothing answers" in one.one(class_="lead").words


def test_two_runs_have_difference_interval_p_and_a_plain_sentence(two: Node) -> None:
    (card, *_) = two.every(class_="card")
    # Nine topics gain 1 - 1/log2(4) = .5 each, of ten.
    assert card.one(class_="difference").words == "+.450"
    assert "good is better than poor: .900 against .450. This is more than chance" in card.words
    assert "It wins 9 topics, loses 0 topics and ties 1 topic." in card.words
    table, _, _, small, *_ = two.one("section", id="comparison").every("table")
    n, base, better, difference, p, counts = cells(table, "all topics")
    assert (n, base, better, counts) == ("10", ".450", ".900", "9 / 1 / 0")
    assert difference.startswith("+.450")
    assert float(p) <= 0.05
    assert cells(small, "en → en")[4] == "–"  # one topic has no p
    assert "Nothing falls" in two.one(class_="verdict").words


def test_what_falls_is_told_first() -> None:
    document = page(poor_run(), good_run())

    verdict = document.one(class_="verdict")
    assert "worse" in verdict.classes
    assert any(
        "nDCG@10 fell on all (10 topics) by 0.4500" in each.words for each in verdict.every("li")
    )
    table = document.one("section", id="comparison").every("table")[0]
    assert [cell.words for cell in table.every("td", class_="worse")]
    assert document.one("section", id="wins").every("details", class_="topic") == []
    assert "There are none." in document.one("section", id="wins").words


def test_wins_show_both_runs_with_the_relevant_ones_marked(two: Node) -> None:
    card = two.one("section", id="wins").every("details", class_="topic")[0]

    assert "open" not in card.attributes
    base, decided = card.one(class_="columns").every(class_="column")
    assert ("poor" in base.one("h3").words, "good" in decided.one("h3").words) == (True, True)
    for column, rank in ((base, "3"), (decided, "1")):
        marked = column.one("li", class_="relevant")
        assert marked.one(class_="rank").words == rank
        assert "relevant" in marked.one(class_="badge").words
        assert len(column.every("li", class_="article")) == 5
    assert [one.words for one in card.one(class_="wanted").every(class_="place")] == [
        "poor: rank 3",
        "good: rank 1",
    ]


def test_a_failed_topic_holds_its_evidence(one: Node) -> None:
    (card,) = one.one("section", id="failed").every("details", class_="topic")

    assert "open" not in card.attributes
    assert card.one(class_="question").text == "متى وُقّع الاتفاق؟"
    assert "nothing relevant in 10 results" in card.one("summary").words
    wanted = card.one(class_="wanted").one("li")
    assert wanted.one("h4").text == TITLES["ar"]
    assert [each.words for each in wanted.every(class_="place")] == [
        "not among 10 results",
        "grade 2",
    ]
    results = card.one("ol").every("li", class_="article")
    assert len(results) == 10
    assert results[0].one(class_="passage").text == PASSAGES["en"]
    assert "dense score 0.8123" in results[0].words.replace("\xa0", " ")
    assert "lexical rank" not in results[0].words


def test_a_weak_topic_tells_what_it_was_in_the_base() -> None:
    weak = page(poor_run(), good_run()).one("section", id="weak")
    (note, *_) = (each.words for each in weak.every(class_="said"))

    assert note == "first relevant at rank 3; in the base nDCG@10 1.00"


def test_what_is_left_out_is_said() -> None:
    topics = [
        topic(f"{n}", language="ar" if n else "he", relevant={"nowhere-ar": 1}, order=order())
        for n in range(7)
    ]
    failed = page(run("weak", topics), most=3).one("section", id="failed")

    assert "3 of 7 are shown" in failed.words
    assert "--topics 7 shows them all" in failed.words
    pairs = [each.attributes["data-pair"] for each in failed.every("details", class_="topic")]
    assert sorted(pairs) == ["ar->ar", "ar->ar", "he->ar"]
    none = page(run("weak", topics), most=0).one("section", id="failed")
    assert "0 of 7 are shown" in none.words


def test_fairness_is_shown_where_it_was_measured(fair: Node, one: Node) -> None:
    section = fair.one("section", id="fairness")

    titles = [figure.every("h3")[0].words for figure in section.every("figure")]
    assert titles == [
        "Translations found",
        "The answer in one other language only",
        "Languages of the first 10 results",
    ]
    found, only, shares = section.every("table")
    assert cells(found, "all questions")[:2] == ["6", "1.001.00–1.00"]
    # The English article stands third, second without the Arabic one: 1 / log2(3).
    assert cells(only, "ar → en")[1].startswith(".631")
    assert cells(only, "ar → en")[3] == "+2"
    assert cells(shares, "ar")[0] == "3"
    both = page(fair_run("a"), fair_run("b")).one("section", id="fairness")
    assert cells(both.every("table")[0], "all questions, a") == cells(found, "all questions")
    half = page(fair_run("a"), replace(fair_run("b"), fairness=None))
    assert "Measured for a only." in half.one("section", id="fairness").words
    assert "Measured for" not in both.words


def test_damaged_fairness_is_named() -> None:
    broken = {**(fair_run().fairness or {}), "only_in": {"ar->en": {"nDCG@10": "high"}}}
    with pytest.raises(
        SourceUnreadable, match=r"fairness.json of fair is damaged at only_in\.ar->en"
    ):
        page(replace(fair_run(), fairness=broken))


def test_a_run_without_measures_says_so_and_cannot_be_compared() -> None:
    silent = run("silent", [topic("u", relevant={}, order=order())])
    document = page(silent)

    assert "silent measures nothing" in document.one(class_="notice").words
    assert document.every("figure") == document.every(class_="card") == []
    with pytest.raises(InputError, match="silent holds none of nDCG@10.*--qrels"):
        page(silent, good_run())


def test_a_bare_ranking_is_shown_with_what_the_other_run_knows(tmp_path: Path) -> None:
    ours = good_run("ours")
    qrels = {
        one.id: {judged.article_id: judged.grade for judged in one.judged} for one in ours.topics
    }
    ranking = {one.id: dict(ours.ranking[one.id]) for one in ours.topics if one.judged}
    ranking["0"] = {"x0-en": 2.0, "0-ar": 1.0}
    write_ranking(ranking, tmp_path / "bm25.trec", name="bm25")
    write_run(ours, tmp_path / "ours")
    bare = open_run(tmp_path / "bm25.trec", qrels=qrels)

    alone = page(bare)
    assert "bm25 has no manifest" in alone.one(class_="notice").words
    assert "Nothing is known" in alone.one("section", id="made").words
    assert alone.one("section", id="failed").one(class_="question").text == "failed"

    base, decided = open_runs([tmp_path / "bm25.trec", tmp_path / "ours"], qrels=qrels)
    (card,) = page(decided, base).one("section", id="wins").every("details", class_="topic")
    assert card.attributes["data-pair"] == "ar->ar"
    first = card.one(class_="columns").every(class_="column")[0].every("li")[0]
    assert first.one("h4").text == TITLES["en"]


def test_the_same_runs_give_the_same_page() -> None:
    assert page_text(good_run(), poor_run()) == page_text(good_run(), poor_run())
