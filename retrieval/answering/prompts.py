"""Prompts from files, one a language: rules to the model, and texts as data in a fence."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Literal

from core.chat import ChatMessage
from core.types import Citation
from retrieval.answering.fencing import Fence, draw_fence, neutral

FALLBACK = "en"

BYTES_A_TOKEN = 3
"""Of UTF-8, for an estimate that is rather too high: English has 4 or 5, Arabic and Chinese about
3 to 6 with the tokenizers of chat models."""

Kind = Literal["answers", "follow_ups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPrompt:
    """What is asked of the model, and what it may cite.

    Attributes:
        messages: Rules, then the fenced quotes with the question.
        quotes: By id: those that are in the prompt.
        schema: JSON schema of the reply, in which no other id is possible.
    """

    messages: tuple[ChatMessage, ...]
    quotes: Mapping[str, Citation]
    schema: Mapping[str, object]


def render_prompt(
    question: str,
    quotes: Sequence[Citation],
    *,
    language: str,
    max_sentences: int,
    max_tokens: int,
    fence: Fence | None = None,
) -> AnswerPrompt:
    """The prompt for an answer in `language` from the first of `quotes` that fit.

    Args:
        question: One that stands by itself.
        quotes: Best first.
        language: Primary subtag of BCP 47; the rules are in English where they have no file.
        max_sentences: Most that the answer may have.
        max_tokens: Of the whole prompt, by estimate; with few, there may be no quote in it.
        fence: Its mark and one id a quote; drawn if None.
    """
    texts = [question, *(text for quote in quotes for text in _texts(quote))]
    fence = fence or draw_fence(texts, count=len(quotes))
    rules, shell = _parts("answers", language)
    values = {"mark": fence.mark, "language": language, "max_sentences": str(max_sentences)}
    system = rules.substitute(values)
    asked = json.dumps(neutral(question), ensure_ascii=False)
    lines: dict[str, str] = {}
    left = max_tokens - estimated_tokens(system + shell.template + asked + fence.around([]))
    for key, quote in zip(fence.ids, quotes, strict=True):
        line = _line(key, quote)
        left -= estimated_tokens(line)
        if left < 0:
            break
        lines[key] = line
    user = shell.substitute(quotes=fence.around(list(lines.values())), question=asked)
    return AnswerPrompt(
        messages=(ChatMessage(role="system", text=system), ChatMessage(role="user", text=user)),
        quotes={key: quote for key, quote in zip(fence.ids, quotes, strict=True) if key in lines},
        schema=_answer_schema(list(lines)),
    )


def render_follow_up(
    question: str, turns: Sequence[tuple[str, str]], *, language: str
) -> tuple[ChatMessage, ...]:
    """The prompt that makes `question` stand by itself; `turns` are (role, text), oldest first."""
    fence = draw_fence([question, *(text for _, text in turns)], count=0)
    rules, shell = _parts("follow_ups", language)
    lines = [
        json.dumps({"role": role, "text": neutral(text)}, ensure_ascii=False)
        for role, text in turns
    ]
    user = shell.substitute(
        turns=fence.around(lines), question=json.dumps(neutral(question), ensure_ascii=False)
    )
    system = rules.substitute(mark=fence.mark)
    return (ChatMessage(role="system", text=system), ChatMessage(role="user", text=user))


def estimated_tokens(text: str) -> int:
    """Tokens of `text` for a model whose tokenizer is not known, rather too many."""
    return math.ceil(len(text.encode("utf-8")) / BYTES_A_TOKEN)


@cache
def languages(kind: Kind) -> tuple[str, ...]:
    """Those with prompts of their own, in order of their codes."""
    return tuple(sorted(path.name.removesuffix(".txt") for path in _folder(kind).iterdir()))


def _line(key: str, quote: Citation) -> str:
    header = quote.header
    date = None if header.published_at is None else f"{header.published_at:%Y-%m-%d}"
    source = None if header.source is None else neutral(header.source)
    fields = {"id": key, "source": source, "date": date, "title": neutral(header.title)}
    return json.dumps(
        {name: value for name, value in fields.items() if value is not None}
        | {"text": neutral(quote.quote)},
        ensure_ascii=False,
    )


def _texts(quote: Citation) -> list[str]:
    return [quote.header.source or "", quote.header.title, quote.quote]


def _answer_schema(ids: list[str]) -> dict[str, object]:
    sentence = {
        "type": "object",
        "properties": {
            "citations": {"type": "array", "items": {"type": "string", "enum": ids}},
            "text": {"type": "string"},
        },
        "required": ["citations", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": sentence}},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def _parts(kind: Kind, language: str) -> tuple[Template, Template]:
    return _read(kind, language if language in languages(kind) else FALLBACK)


@cache
def _read(kind: Kind, language: str) -> tuple[Template, Template]:
    """The system message and the user message of a prompt, which a line of --- parts."""
    text = (_folder(kind) / f"{language}.txt").read_text(encoding="utf-8")
    rules, _, shell = text.partition("\n---\n")
    return Template(rules.strip()), Template(shell.strip())


def _folder(kind: Kind) -> Traversable:
    return files("retrieval") / "prompts" / kind
