"""The client of a Sanad server: typed, for programs that wait and for programs that do not.

    from sanad.client import Sanad

    with Sanad("https://news.example", api_key="…") as sanad:
        answer = sanad.answer("What does the 2024 treaty provide for?")
        print(answer.text, [citation.deep_link for citation in answer.citations])

What is sent are the nouns of Sanad (`PassageFilter`, `Turn`, `Article`), what comes back are the
shapes of the wire (`AnswerOut`, `SearchOut` …).
"""

from api.schemas.answer_events import DeltaOut, PassagesOut
from api.schemas.answers import AnswerOut, CitationOut
from api.schemas.articles import ArticleOut, ArticlePassagesOut, ArticlePutOut
from api.schemas.batch import BatchVerdictOut
from api.schemas.feedback import FeedbackTakenOut
from api.schemas.operations import IndexOut
from api.schemas.search import SearchOut, SearchResultOut
from core.feedback import FeedbackVerdict
from core.types import Article, ArticleStatus, Correction, PassageFilter
from retrieval.query import GroupBy, SearchMode, Turn
from sanad.client.asynchronous import AsyncSanad
from sanad.client.blocking import Sanad
from sanad.client.errors import (
    ClientError,
    NotAuthorized,
    NotFound,
    Problem,
    ProblemError,
    RequestRefused,
    ServerBusy,
    ServerFailed,
    ServerTimedOut,
    ServerUnreachable,
    TooManyRequests,
    UnexpectedReply,
)
from sanad.client.retries import Retries
from sanad.client.streams import StreamEvent

__all__ = [
    "AnswerOut",
    "Article",
    "ArticleOut",
    "ArticlePassagesOut",
    "ArticlePutOut",
    "ArticleStatus",
    "AsyncSanad",
    "BatchVerdictOut",
    "CitationOut",
    "ClientError",
    "Correction",
    "DeltaOut",
    "FeedbackTakenOut",
    "FeedbackVerdict",
    "GroupBy",
    "IndexOut",
    "NotAuthorized",
    "NotFound",
    "PassageFilter",
    "PassagesOut",
    "Problem",
    "ProblemError",
    "RequestRefused",
    "Retries",
    "Sanad",
    "SearchMode",
    "SearchOut",
    "SearchResultOut",
    "ServerBusy",
    "ServerFailed",
    "ServerTimedOut",
    "ServerUnreachable",
    "StreamEvent",
    "TooManyRequests",
    "Turn",
    "UnexpectedReply",
]
