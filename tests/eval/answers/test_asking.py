"""Topics asked of a real read path over a small archive, some with their articles left out."""

from dataclasses import replace

import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.errors import InputError
from core.identity import IndexIdentity
from eval.answers.asking import Door, ask_topics
from eval.answers.runs import AnswerRun
from eval.answers.withdrawal import is_withdrawn, without_answer
from eval.collection import Collection, GoldQuote, Topic
from tests.retrieval.small_archive import PORT, TREATY, Archive, article
from tests.retrieval.verbatim_verifier import VerbatimVerifier

pytestmark = pytest.mark.anyio


def asked(key: str, text: str, *, article_id: str, quote: str) -> Topic:
    return Topic(
        id=key,
        text=text,
        language=key.rpartition("-")[2],
        answerable=True,
        qrels={article_id: 1},
        gold=(GoldQuote(article_id=article_id, quote=quote),),
        kind="when",
    )


TREATY_TOPIC = asked(
    "1-ar", "متى وقعت موسكو وبيونغ يانغ معاهدة شراكة؟", article_id="treaty", quote="19 يونيو 2024"
)
PORT_TOPIC = asked(
    "2-en",
    "How many containers did the port of Ras Manar handle in 2024?",
    article_id="port",
    quote="2.07 million",
)
COLLECTION = Collection(
    name="c",
    corpus=(),
    topics=(TREATY_TOPIC, PORT_TOPIC),
    article_languages={"treaty": "ar", "port": "en"},
)


@pytest.fixture
async def door() -> Door:
    """Two articles."""
    embedder = HashingEmbedder().identity
    archive = Archive(
        IndexIdentity(embedder=embedder, chunker="c", normaliser="n", lexical="l", tokens="t")
    )
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    return Door(
        answers=archive.answerer,
        withheld=archive.answerer.never_abstaining(),
        articles=archive.store,
        support=VerbatimVerifier(),
    )


async def ask(
    door: Door, collection: Collection = COLLECTION, *, withdrawn: float = 0
) -> AnswerRun:
    seen: list[str] = []
    run = await ask_topics(
        door,
        collection,
        name="r",
        withdrawn=withdrawn,
        on_topic=lambda topic: seen.append(topic.id),
    )
    assert seen == [topic.id for topic in run.topics]
    return run


async def test_a_topic_has_its_answer_with_every_quote_checked(door: Door) -> None:
    run = await ask(door)
    treaty, port = run.topics

    assert (treaty.id, treaty.pair, treaty.kind) == ("1-ar", "ar->ar", "when")
    assert (port.abstained, port.is_right) == (False, True)
    assert port.citations[0].holds_gold
    assert port.gold == PORT_TOPIC.gold
    for citation in (*treaty.citations, *port.citations):
        assert citation.resolves
        assert citation.is_exact
    assert all(one.is_supported and one.relevant == one.citations for one in port.sentences)
    assert run.manifest["timings"]["p95_ms"] > 0  # type: ignore[index]  # as written


async def test_a_withdrawn_topic_is_unanswerable_and_its_article_is_never_quoted(
    door: Door,
) -> None:
    run = await ask(door, withdrawn=1)

    for topic, left_out in zip(run.topics, ("treaty", "port"), strict=True):
        assert (topic.answerable, topic.is_withdrawn, topic.gold) == (False, True, ())
        assert not topic.is_right
        quoted = {citation.article_id for citation in topic.citations + topic.withheld}
        assert quoted <= {"treaty", "port"} - {left_out}


async def test_what_an_abstention_holds_back_is_kept_apart(door: Door) -> None:
    unrelated = replace(
        TREATY_TOPIC, id="3-en", text="Who invented sourdough bread baking?", qrels={}, gold=()
    )
    (topic,) = (await ask(door, replace(COLLECTION, topics=(unrelated,)))).topics

    assert topic.abstained
    assert topic.citations == topic.sentences == ()
    assert topic.withheld
    assert topic.own_language == "en"
    (silent,) = (
        await ask(replace(door, withheld=None), replace(COLLECTION, topics=(unrelated,)))
    ).topics
    assert silent.withheld == ()


async def test_a_topic_that_cannot_be_asked_is_named(door: Door) -> None:
    bad = replace(TREATY_TOPIC, id="empty", text="؟!")
    with pytest.raises(InputError, match="topic empty: .*no letter"):
        await ask(door, replace(COLLECTION, topics=(bad,)))


def test_the_same_topics_are_withdrawn_in_every_language() -> None:
    def numbers(language: str, share: float) -> set[int]:
        return {
            number
            for number in range(2_000)
            if is_withdrawn(
                replace(TREATY_TOPIC, id=f"{number}-{language}", language=language), share=share
            )
        }

    half = numbers("ar", 0.5)
    assert half == numbers("zh", 0.5)
    assert 900 < len(half) < 1_100
    assert numbers("ar", 0.1) < half
    assert (len(numbers("ar", 0)), len(numbers("ar", 1))) == (0, 2_000)


def test_translations_leave_with_the_article_and_what_nothing_answers_stays() -> None:
    parallel = replace(TREATY_TOPIC, qrels={"treaty": 1, "treaty-en": 1, "judged not": 0})
    assert without_answer(parallel).except_articles == ("treaty", "treaty-en")
    assert not is_withdrawn(replace(TREATY_TOPIC, qrels={}), share=1)
    assert not is_withdrawn(replace(TREATY_TOPIC, answerable=False), share=1)
