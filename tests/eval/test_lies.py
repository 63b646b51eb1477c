"""The statements are about the sample archive, and each lie differs from its truth in one way."""

from collections import Counter
from pathlib import Path

import pytest

from eval.lies import LIARS, tell_lies
from eval.statements import FORGED, forged, read_articles, read_statements

ROOT = Path(__file__).parents[2]
STATEMENTS = ROOT / "eval" / "verification"
CORPUS = {
    "fit": (ROOT / "sample" / "corpus.jsonl", STATEMENTS / "fit" / "articles.jsonl"),
    "check": (STATEMENTS / "check" / "articles.jsonl",),
}
PARTS = list(CORPUS)
TRUE = {part: read_statements(STATEMENTS / part / "true.jsonl") for part in PARTS}
BY_HAND = {part: read_statements(STATEMENTS / part / "lies_by_hand.jsonl") for part in PARTS}
ARTICLES = {part: read_articles(*CORPUS[part]) for part in PARTS}
LIES = {part: list(tell_lies(TRUE[part])) for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_every_statement_cites_a_quote_that_its_article_holds(part: str) -> None:
    for statement in [*TRUE[part], *BY_HAND[part]]:
        [quote] = statement.quotes(ARTICLES[part])
        assert quote.quote.strip() == quote.quote
        assert quote.quote


@pytest.mark.parametrize("part", PARTS)
def test_marked_names_lie_inside_the_sentence(part: str) -> None:
    for statement in TRUE[part]:
        for name in statement.names:
            assert statement.text[name.start : name.end].strip()


def test_the_sets_are_large_and_in_many_languages() -> None:
    assert len(TRUE["fit"]) >= 500
    assert len(TRUE["check"]) >= 60
    for part, least in (("fit", 100), ("check", 20)):
        languages = Counter(lie.language for lie in [*LIES[part], *BY_HAND[part]])
        assert {language for language, count in languages.items() if count >= least} >= {
            "en",
            "ar",
            "fr",
            "es",
            "tr",
        }


def test_the_parts_share_no_article() -> None:
    assert not ARTICLES["fit"].keys() & ARTICLES["check"].keys()


@pytest.mark.parametrize("part", PARTS)
def test_the_liar_tells_the_same_lies_in_every_run(part: str) -> None:
    assert list(tell_lies(TRUE[part])) == LIES[part]


@pytest.mark.parametrize("part", PARTS)
def test_no_lie_is_the_truth(part: str) -> None:
    texts = {one.id: one.text for one in TRUE[part]}
    for lie in LIES[part]:
        assert lie.kind in LIARS
        assert texts[lie.id.removesuffix(f" {lie.kind}")] != lie.text


@pytest.mark.parametrize("part", PARTS)
def test_ids_are_unique(part: str) -> None:
    true = TRUE[part]
    ids = [one.id for one in [*true, *BY_HAND[part], *LIES[part], *map(forged, true)]]
    assert len(set(ids)) == len(ids)


def test_a_forged_citation_resolves_to_nothing() -> None:
    statement = forged(TRUE["fit"][0])
    assert statement.kind == FORGED
    assert statement.quotes(ARTICLES["fit"]) == ()
