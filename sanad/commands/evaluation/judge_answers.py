"""`sanad eval judge answers`: a chat model judges citations; how far our test agrees with it."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from pydantic import SecretStr
from rich.text import Text

from core.errors import InputError
from core.settings import Settings
from eval.answers.chat_judge import ChatJudge
from eval.answers.judging import Judged, judge_answers, own_sentences
from eval.answers.runs import AnswerRun, read_answers
from eval.judgment_report import agreement_as_dict, kappa_cell
from eval.manifest import shown_url
from eval.report import INTERVALS, cell, new_table, number, plain_groups
from sanad.commands.evaluation.options import JsonFlag
from sanad.progress import counting_progress
from sanad.session import start, stderr_report, stdout_console, write_json


def answers(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A folder of `sanad eval answers --output`.")
    ],
    url: Annotated[
        str, typer.Option(metavar="URL", help="An OpenAI-compatible endpoint, without /chat/….")
    ],
    model: Annotated[
        str, typer.Option(metavar="NAME", help="The judge: not the model that wrote the answers.")
    ],
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Of the endpoint; kept nowhere.")
    ] = None,
    most: Annotated[
        int | None, typer.Option("--topics", min=1, metavar="N", help="The first N answers only.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Have a chat model judge the citations of kept answers.

    The judge says of every sentence that is no quote whether its citations support it, and which
    of them it needs. Shown are citation recall and precision by our own test and by the judge,
    and how far the two agree on sentences: the share judged alike, and Cohen's kappa with its
    interval over answers. A reply without a verdict counts as no support, and is counted.

    \b
    sanad eval judge answers runs/now --url http://localhost:11434/v1 --model qwen3:32b
    """
    kept = read_answers(run)
    if not any(own_sentences(topic) for topic in kept.topics):
        raise InputError(f"{run} holds quotes alone: there is nothing for a judge to read")
    settings = start().model_copy(
        update={
            "llm_base_url": url,
            "llm_model": model,
            "llm_api_key": None if key is None else SecretStr(key),
        }
    )
    judged, judge = anyio.run(partial(_judge, settings, kept, most))
    if as_json:
        values = {"run": kept.name, "judge": judge.name, "url": shown_url(url), **_plain(judged)}
        values |= {"asked": judge.asked, "unclear": judge.unclear}
        write_json(json.dumps(values, ensure_ascii=False))
        return
    _print(judged, title=f"{kept.name}, judged by {judge.name}")
    if judge.unclear:
        stderr_report(f"{judge.unclear} of {judge.asked} replies held no verdict: no support")


async def _judge(settings: Settings, run: AnswerRun, most: int | None) -> tuple[Judged, ChatJudge]:
    # Here and not above: the help needs no client.
    from core.backends.chat_http import open_chat_model  # noqa: PLC0415

    total = len([topic for topic in run.topics if own_sentences(topic)][:most])
    async with open_chat_model(settings) as model:
        judge = ChatJudge(model)
        with counting_progress("answers", total=total) as advance:
            return await judge_answers(run, judge, most=most, on_topic=advance), judge


def _plain(judged: Judged) -> dict[str, object]:
    return {
        "answers": judged.answers,
        "measures": plain_groups({"our test": judged.ours, "the judge": judged.judge}),
        "agreement": agreement_as_dict(judged.agreement),
        "disagreements": [
            {"topic": key, "our_test_supports": one.is_supported, **asdict(one)}
            for key, one in judged.disagreements
        ],
    }


def _print(judged: Judged, *, title: str) -> None:
    console = stdout_console()
    shown = new_table(title, "by", "answers", "citation\nrecall", "citation\nprecision",
                      caption=INTERVALS)  # fmt: skip
    for name, measures in (("our test", judged.ours), ("the judge", judged.judge)):
        shown.add_row(name, str(judged.answers), *map(cell, measures.values()))
    console.print(shown)
    found = judged.agreement
    agreed = new_table("Agreement on sentences", "sentences", "alike", "kappa", caption=INTERVALS)
    agreed.add_row(str(found.n), number(found.agreed_binary, 2), kappa_cell(found.binary))
    console.print(agreed)
    for key, one in judged.disagreements:
        said = (
            "our test supports it, the judge does not"
            if one.is_supported
            else ("the judge supports it, our test does not")
        )
        console.print(Text(f"{key}: {said}: {one.text}"), soft_wrap=True)
