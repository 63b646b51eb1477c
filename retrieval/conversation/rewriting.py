"""Makes a follow-up question stand by itself: by a chat model if there is one, else by rules."""

import json
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from core.chat import ChatDelta, ChatRequest
from core.errors import BackendError, InputError
from core.lexical import query_terms, terms
from core.ports import ChatModel
from retrieval.answering.draft_checks import is_in_language
from retrieval.answering.fencing import visible
from retrieval.answering.prompts import render_follow_up
from retrieval.conversation.follow_ups import standalone_question
from retrieval.query import Turn, clean_query_text
from retrieval.signals import figures

logger = logging.getLogger(__name__)

MAX_TOKENS = 200
"""Of a rewritten question."""

TURNS_READ = 6
"""Last turns that the model is shown: older ones hardly bear on a question."""

TURN_CHARS = 600
"""Of each turn that the model is shown."""

SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


class Rewriter(Protocol):
    """Resolves what a question leaves to the conversation."""

    async def rewrite(self, text: str, history: Sequence[Turn], *, language: str) -> str:
        """A question that stands by itself, in `language`: `text` where that does already."""
        ...


class RuleRewriter:
    """By rules alone."""

    async def rewrite(self, text: str, history: Sequence[Turn], *, language: str) -> str:
        """See Rewriter; the rules tell languages themselves."""
        return standalone_question(text, history)


class ModelRewriter:
    """By a chat model, in at most `timeout_s`; what it gives is checked, else rules decide."""

    def __init__(
        self,
        model: ChatModel,
        *,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._timeout_s = timeout_s
        self._clock = clock

    async def rewrite(self, text: str, history: Sequence[Turn], *, language: str) -> str:
        """See Rewriter; never raises what the model raises."""
        started = self._clock()
        try:
            said = await self._ask(text, history, language=language)
        except BackendError as error:
            said, fault = "", type(error).__name__
        else:
            fault = "" if said else "nothing said"
        query = _question_in(said)
        fault = fault or fault_of_rewriting(query, text, history, language=language)
        logger.info("question rewritten fault=%s s=%.2f", fault or "none", self._clock() - started)
        return standalone_question(text, history) if fault else clean_query_text(query)

    async def _ask(self, text: str, history: Sequence[Turn], *, language: str) -> str:
        turns = [(turn.role, turn.text[:TURN_CHARS]) for turn in history[-TURNS_READ:]]
        request = ChatRequest(
            messages=render_follow_up(text, turns, language=language),
            max_tokens=MAX_TOKENS,
            timeout_s=self._timeout_s,
            schema=SCHEMA,
        )
        said = ""
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                said += event.text if isinstance(event, ChatDelta) else ""
        return said


def fault_of_rewriting(query: str, text: str, history: Sequence[Turn], *, language: str) -> str:
    """Why the rewritten `query` is not to be searched, as a short code; empty if it is."""
    try:
        clean_query_text(query)
    except InputError as error:
        return type(error).__name__
    said = "\n".join([text, *(turn.text for turn in history)])
    if not is_in_language(query, language=language):
        return "is in another language"
    if not set(query_terms(query, language=language)) & set(terms(said, language=language)):
        return "has nothing in common with the conversation"
    if figures(query) - figures(said):
        return "holds a number that nobody said"
    if "://" in query and "://" not in said:
        return "holds a link"
    return ""


def _question_in(said: str) -> str:
    """The question of a reply, in JSON as asked for, or a line of plain text."""
    start, end = said.find("{"), said.rfind("}") + 1
    if 0 <= start < end:
        try:
            value = json.loads(said[start:end], strict=False)
        except ValueError:
            return ""
        question = value.get("question") if isinstance(value, dict) else None
        return visible(question) if isinstance(question, str) else ""
    lines = [line.strip("\"'“”«» \t`") for line in said.split("\n") if line.strip()]
    return visible(lines[0]) if len(lines) == 1 else ""
