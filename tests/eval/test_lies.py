"""The statements are about the sample archive, and each lie differs from its truth in one way."""

from collections import Counter
from pathlib import Path

import pytest

from eval.lies import LIARS, tell_lies
from eval.statements import FORGED, Statement, forged, read_articles, read_statements

ROOT = Path(__file__).parents[2]
TRUE = read_statements(ROOT / "eval" / "verification" / "true.jsonl")
BY_HAND = read_statements(ROOT / "eval" / "verification" / "lies_by_hand.jsonl")
ARTICLES = read_articles(ROOT / "sample" / "corpus.jsonl")


@pytest.fixture(scope="module")
def lies() -> list[Statement]:
    return list(tell_lies(TRUE))


def test_every_statement_cites_a_quote_that_its_article_holds() -> None:
    for statement in [*TRUE, *BY_HAND]:
        [quote] = statement.quotes(ARTICLES)
        assert quote.quote.strip() == quote.quote
        assert quote.quote


def test_marked_names_lie_inside_the_sentence() -> None:
    for statement in TRUE:
        for name in statement.names:
            assert statement.text[name.start : name.end].strip()


def test_the_set_is_large_and_in_many_languages(lies: list[Statement]) -> None:
    assert len(TRUE) >= 400
    assert len(lies) + len(BY_HAND) >= 2_000
    languages = Counter(lie.language for lie in lies)
    assert {language for language, count in languages.items() if count >= 100} >= {
        "en",
        "ar",
        "fr",
        "es",
        "tr",
    }


def test_both_parts_have_statements_and_share_no_article() -> None:
    parts: dict[bool, set[str]] = {True: set(), False: set()}
    for statement in TRUE:
        parts[statement.in_check].add(statement.article_id)
    assert not parts[True] & parts[False]
    assert all(len(articles) > 10 for articles in parts.values())


def test_the_liar_tells_the_same_lies_in_every_run(lies: list[Statement]) -> None:
    assert lies == list(tell_lies(TRUE))


def test_no_lie_is_the_truth(lies: list[Statement]) -> None:
    texts = {(one.article_id, one.start): one.text for one in TRUE}
    for lie in lies:
        assert not lie.is_true
        assert lie.kind in LIARS
        assert texts[lie.article_id, lie.start] != lie.text or lie.kind == "other quote"


def test_ids_are_unique(lies: list[Statement]) -> None:
    ids = [one.id for one in [*TRUE, *BY_HAND, *lies, *map(forged, TRUE)]]
    assert len(set(ids)) == len(ids)


def test_a_forged_citation_resolves_to_nothing() -> None:
    assert forged(TRUE[0]).kind == FORGED
    assert forged(TRUE[0]).quotes(ARTICLES) == ()
