"""In a conversation, what is searched is a question by itself, and the answer shows it."""

import pytest

from core.backends.memory_chat import ScriptedChatModel
from core.types import AnswerStatus
from retrieval.answering.events import AnswerDone, PassagesFound
from retrieval.conversation.answering import ConversationalAnswerer
from retrieval.conversation.rewriting import ModelRewriter, RuleRewriter
from retrieval.query import Question, Turn
from tests.contracts.chat_endpoint import ChatEndpoint
from tests.retrieval.generating import CRANES, HOW_MANY, TRUE, generating, writes
from tests.retrieval.small_archive import TREATY, Archive, article

pytestmark = pytest.mark.anyio

ASKED = Turn(role="user", text="Did the port of Ras Manar handle many containers?")


@pytest.fixture
async def port(archive: Archive) -> Archive:
    await archive.add([article("port", CRANES, "en"), article("treaty", TREATY, "ar")])
    return archive


def by_rules(archive: Archive) -> ConversationalAnswerer:
    return ConversationalAnswerer(archive.answerer, rewriter=RuleRewriter())


async def test_a_question_without_a_history_is_asked_as_it_is(port: Archive) -> None:
    answer = await by_rules(port).answer(Question(text=HOW_MANY))
    assert answer.query == HOW_MANY
    assert answer.status is not AnswerStatus.ABSTAINED


async def test_a_follow_up_finds_what_it_does_not_name_and_shows_what_was_searched(
    port: Archive,
) -> None:
    follow_up = Question(text="And how many in 2024?", history=(ASKED,))
    events = [event async for event in by_rules(port).stream(follow_up)]
    assert isinstance(events[0], PassagesFound)
    assert events[0].hits[0].header.id == "port"
    done = events[-1]
    assert isinstance(done, AnswerDone)
    assert "Ras Manar" in done.answer.query
    assert "2.07 million" in done.answer.citations[0].quote


async def test_an_abstention_shows_what_was_searched_too(port: Archive) -> None:
    history = (Turn(role="user", text="Who invented sourdough bread baking?"),)
    answer = await by_rules(port).answer(Question(text="When?", history=history))
    assert answer.status is AnswerStatus.ABSTAINED
    assert "sourdough" in answer.query


async def test_the_answer_keeps_the_language_of_the_last_question(port: Archive) -> None:
    history = (Turn(role="user", text="ماذا وقعت موسكو وبيونغ يانغ؟"),)
    question = Question(text="When was it that they signed this treaty?", history=history)
    rewriter = ModelRewriter(ScriptedChatModel(["{}"]), timeout_s=1)
    answer = await ConversationalAnswerer(port.answerer, rewriter=rewriter).answer(question)
    assert "The" in (answer.text if answer.status is AnswerStatus.ABSTAINED else answer.notices[0])


async def test_a_generated_answer_is_to_the_rewritten_question(
    port: Archive, endpoint: ChatEndpoint
) -> None:
    endpoint.replies = [writes(TRUE)]
    rewriter = ModelRewriter(ScriptedChatModel([f'{{"question": "{HOW_MANY}"}}']), timeout_s=3)
    async with generating(port, endpoint.url) as generated:
        answerer = ConversationalAnswerer(generated, rewriter=rewriter)
        question = Question(text="And in 2024?", history=(ASKED,))
        answer = await answerer.answer(question)
    assert (answer.mode, answer.query) == ("generated", HOW_MANY)
    assert HOW_MANY in endpoint.asked[0].texts
    assert ASKED.text not in endpoint.asked[0].texts
