"""A reader in a real browser, and all that the browser complained of meanwhile."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violated", event.violatedDirective, event.blockedURI));
"""
FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const text = node?.textContent.trim();
  return `${node?.tagName.toLowerCase()}.${node?.className} ${text}`;
}"""
CHAT = "sanad-chat"
LAST_TURN = f"{CHAT} .turn >> nth=-1"


@dataclass(kw_only=True)
class Reader:
    """What a person does on a page of the site at `url`."""

    page: Page
    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, context: BrowserContext, url: str) -> "Reader":
        context.add_init_script(REPORT_VIOLATIONS)
        reader = cls(page=context.new_page(), context=context, url=url)
        reader.page.on("console", reader._hear)
        reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        return reader

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def visit(self, path: str) -> None:
        self.page.goto(self.url + path)
        expect(self.page.locator(f"{CHAT}:defined")).to_be_attached()

    def find(self, selector: str) -> Locator:
        """Inside the widget."""
        return self.page.locator(f"{CHAT} {selector}")

    def open(self) -> None:
        self.find(".launcher").click()
        expect(self.find(".panel")).to_be_visible()

    def ask(self, question: str) -> None:
        """By the keyboard, and without waiting for the answer."""
        self.find("textarea").fill(question)
        self.find("textarea").press("Enter")

    def answer(self, question: str) -> Locator:
        """Asks, and gives the turn once it is done."""
        self.ask(question)
        return self.wait("done")

    def wait(self, state: str) -> Locator:
        """The last turn, once it is in `state`."""
        turn = self.page.locator(LAST_TURN)
        expect(turn).to_have_attribute("data-state", state, timeout=20_000)
        return turn

    def chat(self, script: str) -> Any:
        """The value of a script that calls the widget `chat`."""
        return self.page.evaluate(f"(async (chat) => {script})(document.querySelector('{CHAT}'))")

    def focused(self) -> str:
        """Class and text of what has the focus, through shadow trees."""
        found: str = self.page.evaluate(FOCUSED)
        return found


def forgive_failed_loads(reader: Reader) -> None:
    """Browsers write a line for each response that is an error: it was wanted here."""
    reader.complaints[:] = [one for one in reader.complaints if "Failed to load" not in one]
