"""From messages of a chat to a question in a conversation."""

import re
from collections.abc import Iterable

from api.openai.requests import MODEL, ChatCompletionIn, MessageIn
from api.problem_kinds import INVALID_REQUEST, MODEL_NOT_FOUND
from api.problems import FieldError, Problem
from api.schemas.answers import AUTO
from core.settings import MAX_QUERY_CHARS
from retrieval.query import MAX_TURN_CHARS, MAX_TURNS, Question, Turn

_CITED = re.compile(r".*\[[0-9]{1,3}\]", re.DOTALL)
"""An answer of ours as far as its last citation: notices come after it."""


def require_model(name: str) -> None:
    """Return if a model of this name answers here.

    Raises:
        Problem: model-not-found.
    """
    if name != MODEL:
        raise Problem(
            MODEL_NOT_FOUND,
            f"there is no model {name!r}: use {MODEL!r}",
            errors=[FieldError(pointer="#/model", message=f"must be {MODEL!r}")],
        )


def question_of(request: ChatCompletionIn) -> Question:
    """The last message of a user as the question, and the turns before it as its history.

    Of these the last MAX_TURNS count, and of each its first MAX_TURN_CHARS: clients send a whole
    conversation every time, and what bears on a question lies near it. Messages of other roles
    are left out, whatever they say.

    Raises:
        Problem: no user asks, or the question is too long.
        InputError: the question is empty, or a filter contradicts itself.
    """
    place = _last_question(request.messages)
    text = request.messages[place].text
    if len(text) > MAX_QUERY_CHARS:
        pointer = f"#/messages/{place}/content"
        told = f"the question has {len(text)} characters; at most {MAX_QUERY_CHARS} are allowed"
        raise Problem(INVALID_REQUEST, told, errors=[FieldError(pointer=pointer, message=told)])
    options = request.sanad
    return Question(
        text=text,
        where=options.filters.to_filter(),
        answer_language=None if options.answer_language == AUTO else options.answer_language,
        max_sentences=options.max_sentences,
        history=tuple(_turns(request.messages[:place]))[-MAX_TURNS:],
    )


def _last_question(messages: tuple[MessageIn, ...]) -> int:
    for place in reversed(range(len(messages))):
        if messages[place].role == "user":
            return place
    told = "no message has the role 'user': the last one that has is the question"
    raise Problem(INVALID_REQUEST, told, errors=[FieldError(pointer="#/messages", message=told)])


def _turns(messages: Iterable[MessageIn]) -> Iterable[Turn]:
    for message in messages:
        if message.role == "user" and message.text.strip():
            yield Turn(role="user", text=message.text[:MAX_TURN_CHARS])
        elif message.role == "assistant" and message.text.strip():
            cited = _CITED.match(message.text)
            said = cited.group() if cited else message.text
            yield Turn(role="assistant", text=said[:MAX_TURN_CHARS])
