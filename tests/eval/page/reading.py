"""Pages made and read in one step."""

from eval.page.building import build_page
from eval.runs import Run
from tests.eval.page.documents import Node, read_document


def page_text(decided: Run, base: Run | None = None, *, title: str = "", most: int = 20) -> str:
    return build_page(decided, base=base, title=title, most=most)


def page(decided: Run, base: Run | None = None, *, title: str = "", most: int = 20) -> Node:
    return read_document(page_text(decided, base, title=title, most=most))


def cells(table: Node, head: str) -> list[str]:
    """What the row that `head` names shows."""
    rows = {row.one("th", scope="row").words: row for row in table.one("tbody").every("tr")}
    return [cell.words for cell in rows[head].every("td")]
