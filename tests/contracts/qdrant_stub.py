"""A Qdrant server small enough for tests: real HTTP in front of the in-process Qdrant.

It records every request, and can be told to fail first.
"""

import json
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models

Body = dict[str, Any] | None
Route = Callable[["QdrantStub", str, Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request as it came over the wire."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What to answer instead of doing what was asked."""

    status: int = 503
    content: bytes = b'{"status": {"error": "scripted"}, "time": 0.0}'
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    is_dropped: bool = False
    is_done_first: bool = False


class QdrantStub:
    """The state behind the server; `faults` are answered first, one a request."""

    def __init__(self) -> None:
        self.client = QdrantClient(location=":memory:")
        self.requests: list[Recorded] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        self.url = ""

    def answer(self, request: Recorded) -> tuple[int, object]:
        """Status and JSON of the answer, as a server words it."""
        for method, pattern, route in ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                name = unquote(found[1]) if found.groups() else ""
                try:
                    result = route(self, name, request.body)
                except ValueError as exc:
                    status = 409 if "already exists" in str(exc) else 400
                    status = 404 if "not found" in str(exc) else status
                    return status, {"status": {"error": str(exc)}, "time": 0.0}
                return 200, {"result": result, "status": "ok", "time": 0.001}
        return 404, {"status": {"error": f"no route {request.method} {request.path}"}, "time": 0.0}


def _filter(body: Any) -> models.Filter | None:
    return None if body is None else models.Filter.model_validate(body)


def _create_collection(stub: QdrantStub, name: str, body: Any) -> bool:
    parsed = models.CreateCollection.model_validate(body)
    return stub.client.create_collection(
        name,
        vectors_config=parsed.vectors,
        sparse_vectors_config=parsed.sparse_vectors,
        metadata=parsed.metadata,
    )


def _create_index(stub: QdrantStub, name: str, body: Any) -> object:
    parsed = models.CreateFieldIndex.model_validate(body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the in-process mode has no indexes
        return stub.client.create_payload_index(name, parsed.field_name, parsed.field_schema)


def _change_aliases(stub: QdrantStub, _name: str, body: Any) -> bool:
    parsed = models.ChangeAliasesOperation.model_validate(body)
    return stub.client.update_collection_aliases(parsed.actions)


def _delete(stub: QdrantStub, name: str, body: Any) -> object:
    return stub.client.delete(name, models.FilterSelector.model_validate(body))


def _set_payload(stub: QdrantStub, name: str, body: Any) -> object:
    parsed = models.SetPayload.model_validate(body)
    assert parsed.filter is not None
    return stub.client.set_payload(name, parsed.payload, points=parsed.filter)


def _query_batch(stub: QdrantStub, name: str, body: Any) -> object:
    requests = TypeAdapter(list[models.QueryRequest]).validate_python(body["searches"])
    return stub.client.query_batch_points(name, requests)


def _scroll(stub: QdrantStub, name: str, body: Any) -> object:
    points, following = stub.client.scroll(
        name,
        scroll_filter=_filter(body.get("filter")),
        offset=body.get("offset"),
        limit=body["limit"],
        with_payload=body["with_payload"],
        with_vectors=body.get("with_vector", False),
    )
    return {"points": points, "next_page_offset": following}


def _facet(stub: QdrantStub, name: str, body: Any) -> object:
    facet_filter = _filter(body.get("filter"))
    return stub.client.facet(name, body["key"], facet_filter=facet_filter, limit=body["limit"])


ROUTES: list[tuple[str, str, Route]] = [
    ("GET", r"/aliases", lambda stub, _, __: stub.client.get_aliases()),
    ("GET", r"/collections", lambda stub, _, __: stub.client.get_collections()),
    ("POST", r"/collections/aliases", _change_aliases),
    ("GET", r"/collections/([^/]+)", lambda stub, name, _: stub.client.get_collection(name)),
    ("PUT", r"/collections/([^/]+)", _create_collection),
    ("DELETE", r"/collections/([^/]+)", lambda stub, name, _: stub.client.delete_collection(name)),
    ("GET", r"/collections/([^/]+)/exists",
     lambda stub, name, _: {"exists": stub.client.collection_exists(name)}),
    ("PUT", r"/collections/([^/]+)/index", _create_index),
    ("PUT", r"/collections/([^/]+)/points", lambda stub, name, body: stub.client.upsert(
        name, models.PointsList.model_validate(body).points)),
    ("POST", r"/collections/([^/]+)/points", lambda stub, name, body: stub.client.retrieve(
        name, body["ids"], with_payload=body["with_payload"])),
    ("POST", r"/collections/([^/]+)/points/delete", _delete),
    ("POST", r"/collections/([^/]+)/points/payload", _set_payload),
    ("POST", r"/collections/([^/]+)/points/query/batch", _query_batch),
    ("POST", r"/collections/([^/]+)/points/scroll", _scroll),
    ("POST", r"/collections/([^/]+)/points/count", lambda stub, name, body: stub.client.count(
        name, count_filter=_filter(body.get("filter")))),
    ("POST", r"/collections/([^/]+)/facet", _facet),
]  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do(self) -> None:
        stub = self.server.stub
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        parts = urlsplit(self.path)
        request = Recorded(
            method=self.command,
            path=parts.path,
            query={key: values[-1] for key, values in parse_qs(parts.query).items()},
            headers={key.lower(): value for key, value in self.headers.items()},
            body=json.loads(content) if content else None,
        )
        with stub.lock:
            stub.requests.append(request)
            fault = stub.faults.pop(0) if stub.faults else None
            if fault is None:
                status, answer = stub.answer(request)
            elif fault.is_done_first:
                stub.answer(request)
        if fault is None:
            self._send(status, TypeAdapter(Any).dump_json(answer), {})
            return
        time.sleep(fault.delay_s)
        if fault.is_dropped:
            self.close_connection = True
            return
        self._send(fault.status, fault.content, fault.headers)

    do_GET = do_PUT = do_POST = do_DELETE = do  # noqa: N815 - the names http.server looks for

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stub: QdrantStub) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stub = stub


@contextmanager
def running_stub() -> Iterator[QdrantStub]:
    """A stub that serves at its `url` for as long as the context lasts."""
    stub = QdrantStub()
    server = _Server(stub)
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        stub.client.close()
