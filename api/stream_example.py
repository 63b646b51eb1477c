"""What the OpenAPI document says of an answer that comes as server-sent events, with an example."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from api.event_stream import ERROR, MEDIA_TYPE, ServerEvent, encoded
from api.responses import PROBLEM_SCHEMA, Responses
from api.schemas.answer_events import DeltaOut, PassagesOut
from api.schemas.answers import AnswerOut, CitationOut
from api.schemas.articles import ArticleHeaderOut
from api.schemas.fields import ResponseModel
from api.schemas.search import HighlightOut, PassageOut, SearchResultOut
from core.types import Answer, AnswerSentence, AnswerStatus, Article, ArticleHeader, Support
from retrieval.answering.events import SentenceReady
from retrieval.citations import cite

ARTICLE = Article(
    id="herald-7",
    title="Harbour strike ends",
    body="The harbour strike ended on Monday.",
    language="en",
    url="https://herald.example/7",
    published_at=datetime(2026, 2, 3, tzinfo=UTC),
    source="Herald",
)
HEADER = ArticleHeader.of(ARTICLE)
CITATION = replace(
    cite(ARTICLE, number=1, start=0, end=len(ARTICLE.body)), answer_spans=((28, 34),)
)
SENTENCE = AnswerSentence(start=0, end=len(CITATION.quote), citations=(1,), support=Support.QUOTED)
ANSWER = Answer(
    id="0d9f6f4e-6a52-4c1e-9d0e-3f5b6c7d8e9f",
    status=AnswerStatus.ANSWERED,
    mode="extractive",
    text=f"{CITATION.quote} [1]",
    language="en",
    sentences=(SENTENCE,),
    citations=(CITATION,),
    confidence=0.91,
    newest_evidence=ARTICLE.published_at,
    notices=(),
    timing_ms={"embed": 4.1, "search": 3.2, "answer": 9.3},
)
RESULT = SearchResultOut(
    rank=1,
    score=7.25,
    passage=PassageOut(
        id="6c1b6f0e-6b43-5b0e-8d5a-6f2f4b0c9d11",
        text=ARTICLE.body,
        start=0,
        end=len(ARTICLE.body),
        heading=None,
        language="en",
        highlights=(HighlightOut(start=12, end=18),),
    ),
    article=ArticleHeaderOut.from_header(HEADER),
    family_size=1,
)

EVENTS: tuple[tuple[str, ResponseModel], ...] = (
    ("passages", PassagesOut(results=(RESULT,))),
    ("citation", CitationOut.from_citation(CITATION)),
    ("delta", DeltaOut.from_ready(SentenceReady(text=ANSWER.text, sentence=SENTENCE))),
    ("answer", AnswerOut.from_answer(ANSWER)),
)

STREAM_EXAMPLE = b"".join(
    encoded(ServerEvent(name=name, data=data.model_dump_json()), number=number)
    for number, (name, data) in enumerate(EVENTS, start=1)
).decode("utf-8")
"""The answer to "When did the harbour strike end?", whole."""


def _event_schema(name: str, data: str) -> dict[str, Any]:
    """Of an event `name` whose data are the JSON of the schema `data`."""
    return {
        "type": "object",
        "required": ["event", "id", "data"],
        "properties": {
            "event": {"const": name},
            "id": {"type": "string", "pattern": "^[1-9][0-9]*$"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": f"#/components/schemas/{data}"},
            },
        },
    }


EVENT_SCHEMAS = {
    **{name: type(data).__name__ for name, data in EVENTS},
    ERROR: PROBLEM_SCHEMA,
}
"""What the data of each event are, by its name."""

STREAMED: Responses = {
    200: {
        "content": {
            MEDIA_TYPE: {
                # Of OpenAPI 3.2; as FastAPI does for streams of its own.
                "itemSchema": {
                    "description": "Events `passages` (PassagesOut), `citation` (CitationOut), "
                    "`delta` (DeltaOut), `answer` (AnswerOut, last on success) and `error` "
                    "(Problem, last on failure); `data` is one line of JSON.",
                    "oneOf": [_event_schema(*described) for described in EVENT_SCHEMAS.items()],
                },
                "example": STREAM_EXAMPLE,
            }
        }
    }
}
"""An entry of FastAPI's `responses` beside the JSON that it documents by itself."""

STREAM_SCHEMAS = (PassagesOut, DeltaOut)
"""Schemas that only the stream names, and FastAPI therefore does not find."""
