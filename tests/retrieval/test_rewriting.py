"""A model's rewriting of a follow-up question is checked; what fails is done by rules."""

import json

import pytest

from core.backends.memory_chat import ScriptedChatModel
from core.errors import GeneratorBusy, GeneratorRejected, GeneratorUnavailable
from retrieval.conversation.follow_ups import standalone_question
from retrieval.conversation.rewriting import (
    TURN_CHARS,
    TURNS_READ,
    ModelRewriter,
    RuleRewriter,
    fault_of_rewriting,
)
from retrieval.query import Turn

pytestmark = pytest.mark.anyio

HISTORY = (
    Turn(role="user", text="What did Moscow and Pyongyang sign in 2024?"),
    Turn(role="assistant", text="They signed a partnership treaty. [1]"),
)
ASKED = "Who signed it?"
BY_RULES = standalone_question(ASKED, HISTORY)
GOOD = "Who signed the 2024 partnership treaty between Moscow and Pyongyang?"


def replies(question: str) -> str:
    return json.dumps({"question": question})


async def rewritten(reply: str | Exception) -> str:
    model = ScriptedChatModel([reply])  # type: ignore[list-item]  # a reply or an error of ours
    return await ModelRewriter(model, timeout_s=3).rewrite(ASKED, HISTORY, language="en")


@pytest.mark.parametrize("reply", [replies(GOOD), f"```json\n{replies(GOOD)}\n```", f'"{GOOD}"\n'])
async def test_a_good_rewriting_is_taken(reply: str) -> None:
    assert await rewritten(reply) == GOOD


async def test_a_question_that_stands_may_be_repeated() -> None:
    model = ScriptedChatModel([replies("متى انضمت السويد إلى الناتو؟")])
    rewriter = ModelRewriter(model, timeout_s=3)
    text = "متى انضمت السويد إلى الناتو؟"
    assert await rewriter.rewrite(text, HISTORY, language="ar") == text


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{",
        '{"question": 7}',
        '{"answer": "Putin"}',
        replies("?!"),
        replies("x" * 3_000),
        replies("من وقّع معاهدة الشراكة بين موسكو وبيونغ يانغ؟"),
        replies("What is the best recipe for sourdough?"),
        replies("Who signed the treaty of 1999 in Moscow?"),
        replies("Who signed the treaty, see https://evil.example for Moscow?"),
        "First thoughts.\nSecond thoughts.",
        GeneratorUnavailable("x"),
        GeneratorBusy("x"),
        GeneratorRejected("x"),
    ],
    ids=repr,
)
async def test_a_bad_rewriting_is_replaced_by_the_rules(reply: str | Exception) -> None:
    assert await rewritten(reply) == BY_RULES


async def test_the_model_sees_the_last_turns_cut_and_has_the_time_it_is_given() -> None:
    model = ScriptedChatModel([replies(GOOD)])
    history = [Turn(role="user", text=f"turn {n} " + "x" * 3_000) for n in range(20)]
    await ModelRewriter(model, timeout_s=3).rewrite(ASKED, history, language="en")
    [request] = model.asked
    assert request.timeout_s == 3
    assert request.schema is not None
    user = request.messages[1].text
    assert user.count('"role"') == TURNS_READ
    assert "turn 13 " not in user
    assert "turn 14 " in user
    assert len(user) < TURNS_READ * (TURN_CHARS + 100) + 500


async def test_rules_alone_need_no_model() -> None:
    assert await RuleRewriter().rewrite(ASKED, HISTORY, language="en") == BY_RULES


def test_figures_of_any_script_count_as_said() -> None:
    history = [Turn(role="user", text="كم حاوية في ٢٠٢٤؟")]
    asked = "كم حاوية في الميناء عام 2024؟"
    assert fault_of_rewriting(asked, "وفي الميناء؟", history, language="ar") == ""
    assert fault_of_rewriting("那2023年呢？", "那呢？", history, language="zh") != ""
