"""A server that gives the replies it is told to give, whatever it is asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESULT = {
    "rank": 1,
    "score": 2.5,
    "passage": {
        "id": "p",
        "text": "وقّعت المعاهدة 🌍",
        "start": 4,
        "end": 20,
        "heading": None,
        "language": "ar",
        "highlights": [],
    },
    "article": {
        "id": "خبر/1",
        "title": "عنوان",
        "language": "ar",
        "url": None,
        "published_at": "2024-06-19T00:00:00Z",
        "updated_at": None,
        "source": None,
        "authors": [],
        "section": None,
        "tags": [],
        "corrections": [],
    },
    "family_size": 1,
    "explain": {
        "dense_score": 0.8,
        "dense_rank": 1,
        "lexical_score": None,
        "lexical_rank": None,
        "dense_normalised": 2.5,
        "lexical_normalised": 0.0,
        "lexical_weight": 0.0,
        "question_language": "ar",
        "fused_rank": 2,
        "contributions": [
            {"name": "dense", "value": 2.5, "weight": 1.0, "adds": 2.5, "note": "cosine 0.8"}
        ],
        "reranker_score": 0.9,
        "reranker_rank": 1,
    },
}
FOUND = {"query_id": "q", "results": [RESULT], "notices": [], "timing_ms": {"embed": 1.0}}
"""What POST /v1/search answers with one result."""

Reply = tuple[int, object, dict[str, str]]
"""Status, body as bytes or JSON, and headers."""


@dataclass
class Desk:
    """What was asked so far; `replies` come in turn, the last one again and again."""

    replies: list[Reply]
    url: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


@contextmanager
def desk(*replies: Reply) -> Iterator[Desk]:
    here = Desk(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            here.bodies.append(json.loads(body) if body else {})
            here.keys.append(self.headers.get("Authorization"))
            here.names.append(self.headers.get("Idempotency-Key"))
            status, told, headers = (
                here.replies.pop(0) if len(here.replies) > 1 else here.replies[0]
            )
            content = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()
