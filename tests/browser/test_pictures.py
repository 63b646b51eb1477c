"""Pictures of every page and state, for people to look at: build/screenshots, or SCREENSHOTS."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewReader
from tests.browser.reader import Reader
from tests.sanad.command import ROOT

FOLDER = Path(os.environ.get("SCREENSHOTS") or ROOT / "build" / "screenshots")
SIZES = {320: 640, 768: 1024, 1280: 860}
HOMES = {"ar": "/", "en": "/en"}
ARTICLES = {
    "ar": "/articles/irbid-pedestrian-street-2025-04-21#sanad=300-420",
    "en": "/articles/portmere-facial-recognition-ruling-2025-05-29#sanad=300-420",
}
ANSWERED = {
    "ar": "كم بلغ عدد ضحايا فيضان عين السدرة؟",
    "en": "How many people died in the Ain Sidra flood?",
}
ABSENT = {
    "ar": "من فاز ببطولة العالم للشطرنج عام 1850؟",
    "en": "Who won the chess world championship in 1850?",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("width", SIZES)
def test_pictures_are_taken_of(
    new_reader: NewReader, width: int, language: str, theme: str
) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    viewport = {"width": width, "height": SIZES[width]}
    reader = new_reader(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    taken = Pictures(reader, f"{language}-{width}-{theme}")
    reader.visit(HOMES[language])
    taken.take("home", whole=True)
    reader.open()
    taken.take("welcome")
    turn = reader.answer(ANSWERED[language])
    taken.take("answer")
    turn.locator(".chip").first.click()
    expect(reader.find(".card")).to_be_visible()
    taken.take("card")
    reader.find(".card .head button").click()
    reader.find(".fresh").click()
    reader.answer(ABSENT[language])
    taken.take("abstention")
    reader.find(".panel .head button").last.click()
    reader.visit(ARTICLES[language])
    expect(reader.page.locator("mark.cited").first).to_be_in_viewport()
    taken.take("article")
    assert len(list(FOLDER.glob(f"*-{taken.name}.png"))) >= 6


class Pictures:
    """Files named by what they show and how it was looked at."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.name = name
        self._reader = reader

    def take(self, what: str, *, whole: bool = False) -> None:
        path = FOLDER / f"{what}-{self.name}.png"
        self._reader.page.screenshot(path=path, full_page=whole)
