"""The widget on pages of other sites: those that are listed may ask, within their budgets.

Each site has an origin of its own and a policy stricter than most, which names the server that
answers and nothing else.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.conftest import NewReader
from tests.browser.reader import forgive_failed_loads
from tests.sanad.command import run_sanad
from tests.sanad.server import Served, free_port, serving

QUESTIONS = {
    "ar": "كم بلغ عدد ضحايا فيضان عين السدرة؟",
    "en": "How many people died in the Ain Sidra flood?",
}
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>Almadar</title>
<script type="module" src="{api}{path}" integrity="{integrity}" crossorigin></script>
</head><body><main><h1>Almadar</h1></main><sanad-chat site="almadar"></sanad-chat></body></html>
"""
KNOWN_WITHIN_S = 1.2
"""After the switch was turned, by a running server."""

POLICY = (
    "default-src 'none'; script-src {api}; connect-src {api}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """A server, and pages at two origins, of which only `listed` may ask it."""

    server: Served
    listed: str
    unlisted: str


@pytest.fixture(scope="module")
def publishers(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    data_dir = tmp_path_factory.mktemp("publishers") / "data"
    shutil.copytree(sample_data, data_dir)
    port = free_port()
    api = f"http://127.0.0.1:{port}"
    with _pages(api) as listed, _pages(api) as unlisted:
        site = {
            "id": "almadar",
            "name": "Almadar",
            "origins": [listed],
            "budgets": {"visitor_questions_per_minute": 3},
        }
        (data_dir / "sites.yaml").write_text(yaml.safe_dump({"sites": [site]}), encoding="utf-8")
        with serving(data_dir, port=port) as server:
            yield Publishers(server=server, listed=listed, unlisted=unlisted)


@contextmanager
def _pages(api: str) -> Iterator[str]:
    """A site of one page, at an origin of its own."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, api))
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_port}"
    finally:
        site.shutdown()
        site.server_close()


class _Page(BaseHTTPRequestHandler):
    def __init__(self, api: str, *args: object) -> None:
        self._api = api
        super().__init__(*args)  # type: ignore[arg-type]  # a socket, an address and a server

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
            return
        manifest = httpx.get(f"{self._api}/widget/manifest.json", trust_env=False).json()
        page = PAGE.format(
            api=self._api,
            language=self.path.strip("/") or "en",
            path=manifest["module"],
            integrity=manifest["integrity"],
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY.format(api=self._api))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_page_of_a_listed_site_asks_under_a_strict_policy(
    new_reader: NewReader, publishers: Publishers, language: str
) -> None:
    reader = new_reader(url=publishers.listed)
    reader.visit(f"/{language}")
    reader.open()
    turn = reader.answer(QUESTIONS[language])
    turn.locator(".chip").first.click()
    expect(reader.find(".card")).to_be_visible()


def test_a_page_of_another_site_is_refused_with_a_kind_sentence(
    new_reader: NewReader, publishers: Publishers
) -> None:
    reader = new_reader(url=publishers.unlisted)
    reader.visit("/en")
    reader.open()
    reader.ask(QUESTIONS["en"])
    turn = reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("cannot be asked from this page")
    expect(turn.locator(".sentence")).to_have_count(0)
    reader.complaints[:] = [one for one in reader.complaints if "CORS" not in one]
    forgive_failed_loads(reader)


def test_a_reader_who_used_up_the_budget_is_told_when_to_come_back(
    new_reader: NewReader, publishers: Publishers
) -> None:
    reader = new_reader(url=publishers.listed)
    reader.visit("/en")
    reader.open()
    for _ in range(3):
        reader.answer(QUESTIONS["en"])
    reader.ask(QUESTIONS["en"])
    turn = reader.wait("failed")
    expect(turn.locator(".fault")).to_contain_text("You can ask again at")
    expect(turn.locator(".retry")).to_be_disabled()
    forgive_failed_loads(reader)


def test_one_switch_turns_asking_off_and_leaves_the_page_standing(
    new_reader: NewReader, publishers: Publishers
) -> None:
    reader = new_reader(url=publishers.listed)
    reader.visit("/en")
    reader.open()
    switch = publishers.server.data_dir
    assert run_sanad("asking", "off", data_dir=switch).returncode == 0
    time.sleep(KNOWN_WITHIN_S)
    try:
        reader.ask(QUESTIONS["en"])
        turn = reader.wait("failed")
        expect(turn.locator(".fault")).to_contain_text("Questions are paused")
        expect(reader.page.locator("h1")).to_be_visible()
    finally:
        assert run_sanad("asking", "on", data_dir=switch).returncode == 0
    forgive_failed_loads(reader)
