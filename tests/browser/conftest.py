"""A real Chromium, driven by Playwright, against a real `sanad serve` over the sample archive."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.reader import Reader
from tests.sanad.command import SAMPLE, run_sanad
from tests.sanad.server import Served, serving

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
expect.set_options(timeout=15_000)
DESKTOP = {"width": 1280, "height": 860}

NewReader = Callable[..., Reader]
"""Options of a browser context -> a reader; `url` names another site than the usual one."""


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an index of the sample archive."""
    data_dir = tmp_path_factory.mktemp("browsed") / "data"
    run = run_sanad("index", str(SAMPLE), "--json", data_dir=data_dir)
    assert run.returncode == 0, run.stderr
    return data_dir


# Of a module, lest it take memory from all tests that follow.
@pytest.fixture(scope="module")
def site(sample_data: Path) -> Iterator[Served]:
    with serving(sample_data) as served:
        yield served


# Of a module: while Playwright runs, its loop is this thread's, and no other test may have one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium fonts-noto-core")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def new_reader(browser: Browser, site: Served) -> Iterator[NewReader]:
    """Makes readers; fails if a page of theirs had an error or broke its policy."""
    readers: list[Reader] = []
    yield partial(_new_reader, browser, site.url, readers)
    complaints = [complaint for reader in readers for complaint in reader.complaints]
    for reader in readers:
        reader.context.close()
    assert complaints == []


def _new_reader(
    browser: Browser,
    site_url: str,
    readers: list[Reader],
    *,
    url: str | None = None,
    **options: Any,
) -> Reader:
    options = {"viewport": DESKTOP, "locale": "en-GB"} | options
    reader = Reader.at(browser.new_context(**options), url or site_url)
    readers.append(reader)
    return reader


@pytest.fixture
def reader(new_reader: NewReader) -> Reader:
    return new_reader()
