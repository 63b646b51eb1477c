"""Answers on the page: by themselves, beside a ranking, and against a base."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InputError, SourceUnreadable
from eval.answers.runs import AnswerRun, write_answers
from eval.page.building import build_page
from eval.page.reported import Reported, open_reported
from eval.runs import write_run
from tests.eval.answers.answered import FIRST, checked, sentence, topic
from tests.eval.page.documents import Node, read_document
from tests.eval.page.page_runs import HOSTILE, good_run
from tests.eval.page.reading import cells

TOPICS = (
    *(topic(f"right {n}", True, confidence=0.6 + n / 100, kind="who") for n in range(8)),
    topic("wrong", False, confidence=0.95),
    topic("invented", False, answerable=False, confidence=0.7),
    topic("held back", True, abstained=True, confidence=0.3, own_language="en"),
    topic("silent", answerable=False, abstained=True, confidence=0.1),
)


def answers(*topics: object, name: str = "now", commit: str = "abc") -> AnswerRun:
    given = topics or TOPICS
    manifest = {"commit": commit, "search": {"withdrawn": 0.5}}
    return AnswerRun(name=name, topics=given, manifest=manifest)  # type: ignore[arg-type]  # topics


def page(
    decided: AnswerRun, base: AnswerRun | None = None, *, beside: bool = False, most: int = 20
) -> Node:
    run = replace(good_run(), name=decided.name) if beside else None
    text = build_page(
        Reported(name=decided.name, run=run, answers=decided),
        base=None if base is None else Reported(name=base.name, answers=base),
        title="",
        most=most,
    )
    return read_document(text)


@pytest.fixture(scope="module")
def alone() -> Node:
    return page(answers())


def test_answers_by_themselves_have_figures_tables_and_curves(alone: Node) -> None:
    assert alone.every("section", id="figures") == []
    assert (
        "12 topics asked, 2 of which the archive does not answer" in alone.one(class_="lead").words
    )
    cards = {
        card.one("h3").words: card.one(class_="big").words for card in alone.every(class_="card")
    }
    # Of 10 answerable topics, 8 are answered right; decisions are wrong on two of 12.
    assert cards["first quote"] == ".800"
    assert cards["decision"] == ".833"
    assert set(cards) == {"first quote", "any quote", "decision", "auroc", "coverage at 10"}
    tables = alone.one("section", id="answers-measures").every("table")
    assert cells(tables[0], "all topics")[:2] == ["12", ".800.500–1.00"]
    titles = [
        figure.every("h3")[0].words for figure in alone.one(id="answers-plots").every("figure")
    ]
    assert titles == ["Wrong answers over coverage", "Confidence against what came of it"]


def test_the_curve_has_its_operating_point_as_figures_too(alone: Node) -> None:
    curve, reliability = alone.one("section", id="answers-plots").every("figure")
    found = cells(curve.one("table"), "all topics")
    assert found[0] == "12"
    assert found[1].startswith(".833")  # 10 of 12 are answered
    assert found[2].startswith(".200")  # 2 of these are wrong
    assert cells(reliability.one("table"), "all topics, 0.9 to 1.0") == ["1", ".950", ".000"]


def test_that_every_quote_stands_is_said_and_what_does_not_is_named() -> None:
    good = page(answers()).one("section", id="answers").every(class_="verdict")[0]
    assert "All 10 quotes stand in their articles" in good.words
    broken = topic(
        "bad",
        citations=(checked(is_exact=False), checked(number=2, resolves=False, is_exact=False)),
    )
    bad = page(answers(*TOPICS, broken)).one("section", id="answers").every(class_="verdict")[0]
    assert "2 quotes do not stand in an article" in bad.words
    assert "topic bad: quote 1 is not what stands there" in bad.words
    assert "topic bad: quote 2 does not resolve" in bad.words


@pytest.mark.parametrize(
    ("key", "topics", "said"),
    [
        ("wrong-answers", ["wrong", "invented"], "its articles were left out of the archive"),
        ("held-back", ["held back"], "the quotes held back were right"),
        ("rightly-silent", ["silent"], "its articles were left out"),
    ],
)
def test_each_topic_is_one_click_from_its_quotes(
    key: str, topics: list[str], said: str, alone: Node
) -> None:
    section = alone.one("section", id=key)
    cards = section.every("details", class_="topic")
    assert [card.every(class_="id")[0].words for card in cards] == topics
    assert said in section.words


def test_a_right_answer_shows_its_gold_and_marks_the_quote_that_holds_it(alone: Node) -> None:
    section = alone.one("section", id="right-answers")
    assert section.one("h2").words == "Right answers 8"
    card = section.every("details", class_="topic")[0]
    assert "confidence .600" in card.one("summary").words  # the least sure first
    quote = card.one("ol").one("li", class_="relevant")
    assert quote.one(class_="badge").words == "holds the gold"
    passage = quote.one("p", class_="passage")
    assert (passage.text, passage.attributes["dir"], passage.attributes["lang"]) == (
        FIRST,
        "auto",
        "ar",
    )
    assert card.one("ul").one(class_="passage").text == "١٩ يونيو ٢٠٢٤"


def test_sentences_that_are_no_quotes_are_shown_with_their_support() -> None:
    own = replace(sentence(), support="supported", text="It was signed in June.")
    bare = replace(sentence((), is_supported=False, relevant=()), support="partial")
    shown = page(
        answers(*TOPICS, topic("own", True, sentences=(own, bare, sentence()), own_language="en"))
    )
    (card,) = (
        each
        for each in shown.one("section", id="right-answers").every("details", class_="topic")
        if each.every(class_="id")[0].words == "own"
    )
    texts = [one.text for one in card.every("p", class_="passage")]
    assert "It was signed in June." in texts
    assert "supported by its citations" in card.words
    assert "not supported by its citations" in card.words


def test_two_answer_runs_are_compared_and_what_falls_is_told() -> None:
    more = [topic(f"right more {n}", True) for n in range(20)]
    before = (*TOPICS, *more)
    worse = [
        replace(one, citations=(checked(),)) if one.id.startswith("right") else one
        for one in before
    ]
    document = page(answers(*worse), answers(*before, name="before"))

    sentences = [one.words for one in document.every(class_="sentence")]
    assert "now is worse than before: .000 against .933" in sentences[0]
    falls = document.one("section", id="answers").every(class_="verdict")[1]
    assert any("first_quote fell on all (30 topics)" in each.words for each in falls.every("li"))
    assert "of more than 0.05 on 30 topics" in falls.words
    table = document.one("section", id="answers-comparison").every("table")[0]
    assert cells(table, "all topics")[:3] == ["30", ".933", ".000"]
    curve = document.one("section", id="answers-plots").every("figure")[0]
    assert [one.words for one in curve.one(class_="legend").every("li")] == ["before", "now"]


def test_answers_stand_beside_the_ranking_of_the_same_run() -> None:
    document = page(answers(commit="def"), beside=True)

    assert document.one("section", id="figures")
    assert document.one("section", id="answers")
    assert document.every("p", class_="kind")[0].words == "Search and answers"
    assert "measured at commit abc-good, its answers at def" in document.one(class_="notice").words
    made = document.one("section", id="made")
    assert [one.words for one in made.every("h3")] == ["Of the ranking", "Of the answers"]
    assert "share of topics withdrawn0.5" in made.words
    ids = [node.attributes["id"] for node in document.every() if node.attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {node.attributes["href"][1:] for node in document.every("nav")[0].every("a")} <= set(ids)


def test_what_only_one_of_two_has_is_left_out_and_said() -> None:
    run = good_run("now")
    text = build_page(
        Reported(name="now", run=run, answers=answers()),
        base=Reported(name="before", run=replace(run, name="before")),
        title="",
        most=3,
    )
    document = read_document(text)
    assert document.every("section", id="answers") == []
    assert "now has answers that the other lacks" in document.one(class_="notice").words
    with pytest.raises(InputError, match="share neither a ranking nor answers"):
        build_page(
            Reported(name="now", answers=answers()),
            base=Reported(name="before", run=run),
            title="",
            most=3,
        )


def test_no_text_of_an_answer_becomes_markup() -> None:
    quote = replace(
        checked(holds_gold=True), quote=HOSTILE, title=HOSTILE, article_id=HOSTILE, language=HOSTILE
    )
    bad = replace(
        topic(
            "x", citations=(quote,), sentences=(replace(sentence(), text=HOSTILE, support=HOSTILE),)
        ),
        id=HOSTILE,
        text=HOSTILE,
        language=HOSTILE,
        pair=HOSTILE,
        kind=HOSTILE,
        answer=HOSTILE,
        own_language=HOSTILE,
        mode=HOSTILE,
    )
    run = AnswerRun(name=HOSTILE, topics=(bad,), manifest={HOSTILE: HOSTILE})
    text = build_page(Reported(name=HOSTILE, answers=run), base=None, title="", most=5)
    document = read_document(text)

    assert len(document.every("script")) == 1
    assert document.every("img") == []
    assert "<script>alert" not in text
    assert HOSTILE in {node.text for node in document.every("p", class_="passage")}


def test_answers_without_any_topic_are_a_page_too() -> None:
    document = page(AnswerRun(name="empty", topics=(), manifest={}))
    assert "0 topics asked" in document.one(class_="lead").words
    assert "empty has no manifest" in document.one(class_="notice").words


def test_what_lies_in_a_folder_is_opened(tmp_path: Path) -> None:
    for name in ("both", "ranking"):
        write_run(good_run("r"), tmp_path / name)
    for name in ("both", "answers"):
        write_answers(answers(name="a"), tmp_path / name)
    both, ranking, alone = open_reported(
        [tmp_path / "both", tmp_path / "ranking", tmp_path / "answers"], qrels=None
    )

    assert (both.name, ranking.name) == (str(tmp_path / "both"), str(tmp_path / "ranking"))
    assert alone.name == "a"
    assert both.run is not None
    assert both.answers is not None
    assert (ranking.answers, alone.run) == (None, None)
    assert both.answers.name == both.run.name == both.name
    with pytest.raises(SourceUnreadable, match="holds no run"):
        open_reported([tmp_path], qrels=None)
    with pytest.raises(InputError, match="--qrels does not judge"):
        open_reported([tmp_path / "answers"], qrels={})
