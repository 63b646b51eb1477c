"""A model hub in this process that serves one model, and one that never answers."""

import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from huggingface_hub import constants

NAME = "newsroom/tiny"
REVISION = "0123456789abcdef0123456789abcdef01234567"


def point_client(monkeypatch: pytest.MonkeyPatch, address: str, cache: Path) -> None:
    """Make the hub client use `address` and `cache`.

    Patched, since the client reads both from the environment on import.
    """
    files = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)


@contextmanager
def serving(folder: Path, requests: list[str]) -> Iterator[str]:
    """The address of a hub that has the files of `folder` as NAME at REVISION."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            requests.append(path)
            api = f"/api/models/{NAME}"
            if path == f"{api}/revision/{REVISION}":
                self._send(_json(_info(files)), body=body)
            elif path.startswith(f"{api}/tree/{REVISION}"):
                self._send(_json(_tree(files)), body=body)
            elif path.startswith(f"/{NAME}/resolve/{REVISION}/"):
                self._send(files[path.partition(f"{REVISION}/")[2]], body=body)
            else:
                known = path.startswith(api)
                self.send_response(404)
                code = "RevisionNotFound" if known else "RepoNotFound"
                self.send_header("X-Error-Code", code)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _send(self, content: bytes, *, body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{_checksum(content)}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # inherited name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _info(files: dict[str, bytes]) -> object:
    siblings = [{"rfilename": name} for name in files]
    return {"id": NAME, "modelId": NAME, "sha": REVISION, "siblings": siblings, "tags": []}


def _tree(files: dict[str, bytes]) -> object:
    return [
        {"type": "file", "path": name, "size": len(content), "oid": _checksum(content)}
        for name, content in files.items()
    ]


def _checksum(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _json(content: object) -> bytes:
    return json.dumps(content).encode()
