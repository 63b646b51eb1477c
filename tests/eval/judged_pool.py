"""Runs, a pool of them and judged tables, made by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.cells import text_cell
from eval.judgment_files import write_table
from eval.pools import Pool, PoolItem
from eval.runs import Result, Run, RunTopic

QUESTION = "متى وُقّعت المعاهدة بين FIFA و الاتحاد؟"

ITEMS = (
    PoolItem(
        topic_id="سؤال 1",
        question=QUESTION,
        question_language="ar",
        article_id="خبر/1",
        passage_id="p1",
        language="ar",
        title="عنوان 🌍",
        text="“نص”\r\nسطر\tثانٍ\u2028ثالث",
    ),
    PoolItem(
        topic_id="سؤال 1",
        question=QUESTION,
        question_language="ar",
        article_id="=cmd|' /C calc'!A0",
        passage_id="-1",
        language="fa",
        title='=HYPERLINK("http://evil.example")',
        text="+1 می‌خواهم </script><script>alert(1)</script> \x1b[31m",
    ),
    PoolItem(
        topic_id="007",
        question="",
        question_language="und",
        article_id="50%\t\n",
        passage_id="",
        language="und",
        title="",
        text="",
    ),
)

POOL = Pool(items=ITEMS, known=0)


def passage(article_id: str, number: int = 0) -> tuple[str, str, str]:
    """Article id, passage id and text of a result."""
    return article_id, f"{article_id}#{number}", f"نص {article_id} {number}"


def run_of(
    name: str, results: Mapping[str, Sequence[tuple[str, str, str]]], *, question: str = "Ne zaman?"
) -> Run:
    """A run that gives for each topic these passages, best first; no topic has measures."""
    return Run(
        name=name,
        topics=tuple(_topic(key, question, given) for key, given in results.items()),
        ranking={
            key: {article: 1 / rank for rank, (article, _, _) in enumerate(given, 1)}
            for key, given in results.items()
        },
        manifest={},
    )


def _topic(key: str, question: str, given: Sequence[tuple[str, str, str]]) -> RunTopic:
    return RunTopic(
        id=key,
        text=question,
        language="tr",
        pair="tr->ar",
        kind="",
        answerable=True,
        measures={},
        results=tuple(
            Result(
                rank=rank,
                article_id=article,
                passage_id=passage_id,
                score=1 / rank,
                language="ar",
                title=f"عنوان {article}",
                text=text,
            )
            for rank, (article, passage_id, text) in enumerate(given, 1)
        ),
        judged=(),
    )


def judge_table(pool: Pool, path: Path, grades: Sequence[str], *, judge: str = "") -> Path:
    """Write `pool` to `path` as a table filled in by `judge`, a grade an item."""
    write_table(pool, path)
    head, *lines = path.read_text("utf-8-sig").splitlines()
    filled = []
    for line, grade in zip(lines, grades, strict=True):
        cells = line.split("\t")
        cells[7], cells[9] = grade, text_cell(judge)
        filled.append("\t".join(cells))
    path.write_text("\n".join([head, *filled]) + "\n", encoding="utf-8-sig")
    return path
