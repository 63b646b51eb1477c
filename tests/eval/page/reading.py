"""Pages made and read in one step."""

from eval.page.building import build_page
from eval.page.reported import Reported
from eval.runs import Run
from tests.eval.page.documents import Node, read_document


def page_text(decided: Run, base: Run | None = None, *, title: str = "", most: int = 20) -> str:
    return build_page(
        Reported(name=decided.name, run=decided),
        base=None if base is None else Reported(name=base.name, run=base),
        title=title,
        most=most,
    )


def page(decided: Run, base: Run | None = None, *, title: str = "", most: int = 20) -> Node:
    return read_document(page_text(decided, base, title=title, most=most))


def cells(table: Node, head: str) -> list[str]:
    """What the row that `head` names shows."""
    rows = {row.one("th", scope="row").words: row for row in table.one("tbody").every("tr")}
    return [cell.words for cell in rows[head].every("td")]
