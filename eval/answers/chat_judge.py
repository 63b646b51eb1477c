"""A chat model as the judge of whether quotes support a sentence."""

import json
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib.resources import files

from core.chat import ChatDelta, ChatMessage, ChatRequest
from core.ports import ChatModel
from core.types import Citation, Support

MAX_TOKENS = 400
"""Of a reply: a verdict takes ten, a model that thinks aloud more."""

TIMEOUT_S = 120.0

_SUPPORT = {"full": Support.SUPPORTED, "partial": Support.PARTIAL, "none": Support.UNSUPPORTED}
_SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": list(_SUPPORT)}},
    "required": ["verdict"],
    "additionalProperties": False,
}
_VERDICT = re.compile(r'"verdict"\s*:\s*"(full|partial|none)"')


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What the judge holds; `is_clear` is False if no verdict could be read: then unsupported."""

    support: Support
    is_clear: bool = True


class ChatJudge:
    """A SupportTest that asks `model`, which should not be the one that wrote the answers.

    Statement and sources travel inside a JSON string, out of which no text can break.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._prompt = (files("eval.answers") / "judge_prompt.txt").read_text(encoding="utf-8")
        self.asked = 0
        self.unclear = 0

    @property
    def name(self) -> str:
        """The model as its server knows it."""
        return self._model.name

    async def verify(
        self, sentence: str, quotes: Sequence[Citation], *, language: str
    ) -> JudgeVerdict:
        """The model's verdict; raises what the model raises."""
        sources = [quote.quote for quote in quotes]
        request = ChatRequest(
            messages=(
                ChatMessage(role="system", text=self._prompt),
                ChatMessage(
                    role="user",
                    text=json.dumps(
                        {"statement": sentence, "sources": sources}, ensure_ascii=False
                    ),
                ),
            ),
            max_tokens=MAX_TOKENS,
            timeout_s=TIMEOUT_S,
            schema=_SCHEMA,
        )
        said = []
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                if isinstance(event, ChatDelta):
                    said.append(event.text)
        verdict = read_verdict("".join(said))
        self.asked += 1
        self.unclear += not verdict.is_clear
        return verdict


def read_verdict(reply: str) -> JudgeVerdict:
    """The verdict in `reply`, the last one if it holds several: models think aloud first.

    >>> read_verdict('I compare them. {"verdict": "full"}').support.value
    'supported'
    """
    found = _VERDICT.findall(reply)
    if not found:
        return JudgeVerdict(Support.UNSUPPORTED, is_clear=False)
    return JudgeVerdict(_SUPPORT[found[-1]])
