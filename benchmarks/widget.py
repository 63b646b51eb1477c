"""Times the widget in a real browser: from Enter to the first sentence on the screen.

    python benchmarks/widget.py --json benchmarks/results/widget.json

Debian's Chromium, on the demo site of a real `sanad serve` over the sample archive: each question
is typed and sent with Enter, in a conversation of its own. The clock starts with the browser's time
stamp of the key and stops after the frame that shows the first sentence. What is abstained on has
no sentence. The size is that of the module as it is sent.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from playwright.sync_api import Page, sync_playwright
from serving import percentile
from serving_server import build_index, questions_of, serving
from tables import markdown_table

WARM_UP_QUESTIONS = 5
ANSWER_LIMIT_MS = 60_000

# A frame is on the screen when the task after its rendering runs.
WATCH = """(chat) => {
  window.times = {};
  chat.shadowRoot.querySelector("textarea").addEventListener("keydown", (event) => {
    window.times = { entered: event.timeStamp };
  }, { capture: true });
  const look = () => {
    if (window.times.seen || !chat.shadowRoot.querySelector(".sentence")) return;
    window.times.seen = true;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (window.times.painted = performance.now());
      port2.postMessage(null);
    });
  };
  new MutationObserver(look).observe(chat.shadowRoot, { childList: true, subtree: true });
}"""


def main() -> None:
    """Run it."""
    options = _options()
    questions = questions_of(options.questions)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        build_index(options.corpus, data_dir)
        # One reader asks more than a reader may.
        with serving(data_dir, SANAD_LIMITS_MODE="log") as server:
            manifest = server.get("/widget/manifest.json")
            times = list(_times(f"http://127.0.0.1:{server.port}/en", questions))
    shown = sorted(time for time in times[WARM_UP_QUESTIONS:] if time is not None)
    row = {
        "questions": len(times) - WARM_UP_QUESTIONS,
        "with_a_sentence": len(shown),
        "p50_ms": percentile(shown, 50),
        "p95_ms": percentile(shown, 95),
        "max_ms": shown[-1],
        "gzip_bytes": manifest["gzip_bytes"],
    }
    if options.json:
        result: dict[str, Any] = {**environment(), "corpus": options.corpus.name, **row}
        text = json.dumps(result, ensure_ascii=False, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(markdown_table([row]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=ROOT / "sample" / "queries.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT / "sample" / "corpus.jsonl")
    parser.add_argument("--json", type=Path, default=None)
    return parser.parse_args()


def _times(url: str, questions: Sequence[str]) -> Iterator[float | None]:
    """Milliseconds to the first sentence of each question; None where there is none."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.locator("sanad-chat .launcher").click()
        for question in questions:
            yield _time(page, question)
        browser.close()


def _time(page: Page, question: str) -> float | None:
    if page.locator("sanad-chat .turn").count():
        page.locator("sanad-chat .fresh").click()
    page.locator("sanad-chat").evaluate(WATCH)
    page.locator("sanad-chat textarea").fill(question)
    page.locator("sanad-chat textarea").press("Enter")
    page.wait_for_selector("sanad-chat .turn[data-state=done]", timeout=ANSWER_LIMIT_MS)
    times: dict[str, float] = page.evaluate(
        "new Promise((done) => setTimeout(() => done(window.times), 50))"
    )
    return times["painted"] - times["entered"] if "painted" in times else None


if __name__ == "__main__":
    main()
