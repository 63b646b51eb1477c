"""Plots of fairness between languages, as eval/fairness.py defines it, where it was measured."""

from collections.abc import Mapping, Sequence

from eval.fairness import Fairness
from eval.page.drawing import HUES
from eval.page.measured import Measured
from eval.page.plots import Series, bars, shares
from eval.page.quality_plots import MOST_BARS, keys
from eval.page.summary import cell
from eval.page.views import Cell, Key, Line, Panel, Plot, Table, in_arrow
from eval.page.wording import more_pairs, topics
from eval.report import number

Fair = Sequence[tuple[Measured, Fairness]]
"""Runs whose fairness was measured, with it."""

TRANSLATIONS = ("R@10", "R@20", "All@20")

MOST_LANGUAGES = 8
"""Languages of questions with bars of shares: more are in the table only."""


def fairness_plots(measured: Fair) -> list[Plot]:
    """Translations found, answers in another language only, and shares of languages."""
    if not measured:
        return []
    return [_translations(measured), _only_in(measured), _shares(measured)]


def _translations(measured: Fair) -> Plot:
    languages = _names([fairness.translations for _, fairness in measured])
    drawn = languages[: MOST_BARS + 1]
    panels = []
    for place, name in enumerate(TRANSLATIONS):
        series = [
            Series(
                paint=one.paint,
                estimates=[fairness.translations.get(key, {}).get(name) for key in drawn],
            )
            for one, fairness in measured
        ]
        text = f"Bars of {name} of all translations by language of the question."
        svg = bars([*map(_asked, drawn)], series, key=f"translations-{place}", text=text)
        panels.append(Panel(title=name, svg=svg))
    counted = max(fairness.topics for _, fairness in measured)
    return Plot(
        title="Translations found",
        reading=f"{topics(counted)} have the same article in several languages. R@10 and R@20: the "
        "share of these translations that the first 10 and 20 results hold; All@20: how often the "
        "first 20 hold every one.",
        panels=tuple(panels),
        keys=keys([one for one, _ in measured]),
        table=_translations_table(measured, languages),
    )


def _translations_table(measured: Fair, languages: Sequence[str]) -> Table:
    lines = tuple(
        Line(
            head=f"{_asked(language)}, {one.run.name}" if len(measured) > 1 else _asked(language),
            cells=(
                Cell(text=str(max(found.n for found in estimates.values()))),
                *(cell(estimates.get(name)) for name in TRANSLATIONS),
            ),
        )
        for language in languages
        for one, fairness in measured
        if (estimates := fairness.translations.get(language))
    )
    return Table(
        caption="Translations found, with 95 % intervals",
        corner="language of the question",
        columns=("topics", *TRANSLATIONS),
        lines=lines,
    )


def _asked(language: str) -> str:
    return "all questions" if language == "all" else language


def _only_in(measured: Fair) -> Plot:
    pairs = _names([fairness.only_in for _, fairness in measured])
    drawn = pairs[:MOST_BARS]
    panels = []
    for place, (name, field) in enumerate((("nDCG@10", "ndcg"), ("Success@1", "success"))):
        series = [
            Series(
                paint=one.paint,
                estimates=[
                    getattr(fairness.only_in[pair], field) if pair in fairness.only_in else None
                    for pair in drawn
                ],
            )
            for one, fairness in measured
        ]
        text = f"Bars of {name} where the answer may be found in one language only, by pair."
        svg = bars([in_arrow(pair) for pair in drawn], series, key=f"only-{place}", text=text)
        panels.append(Panel(title=name, svg=svg))
    return Plot(
        title="The answer in one other language only",
        reading="How well a question is answered if, of all translations, only the one in the "
        "second language may be found. The rank gap is how far that translation stands behind the "
        "one in the question's own language, in the median." + more_pairs(len(pairs) - MOST_BARS),
        panels=tuple(panels),
        keys=keys([one for one, _ in measured]),
        table=_only_in_table(measured, pairs),
    )


def _only_in_table(measured: Fair, pairs: Sequence[str]) -> Table:
    lines = []
    for pair in pairs:
        for one, fairness in measured:
            test, gap = fairness.only_in.get(pair), fairness.gaps.get(pair)
            if test is None:
                continue
            cells = (
                Cell(text=str(test.ndcg.n)),
                cell(test.ndcg),
                cell(test.success),
                Cell(text="–" if gap is None else f"{gap.median:+g}"),
                Cell(text=str(test.exhausted)),
            )
            head = f"{in_arrow(pair)}, {one.run.name}" if len(measured) > 1 else in_arrow(pair)
            lines.append(Line(head=head, cells=cells))
    return Table(
        caption="The answer in one language only, with 95 % intervals",
        corner="question → article",
        columns=("topics", "nDCG@10", "Success@1", "rank gap", "rankings that ended early"),
        lines=tuple(lines),
    )


def _shares(measured: Fair) -> Plot:
    languages = sorted({
        name
        for _, fairness in measured
        for one in fairness.shares.values()
        for name in one.first | one.relevant
    })
    paints = {name: f"hue-{place % HUES + 1}" for place, name in enumerate(languages)}
    panels = tuple(
        Panel(
            title=one.run.name if len(measured) > 1 else "Shares",
            svg=shares(
                _share_rows(fairness),
                paints,
                key=f"shares-{place}",
                text="Shares of languages by language of the question, in the first 10 results and "
                "in the relevant articles; the table below has the figures.",
            ),
        )
        for place, (one, fairness) in enumerate(measured)
    )
    return Plot(
        title="Languages of the first 10 results",
        reading="A fair ranking shows languages about as the relevant articles have them. The "
        "distance in the table is 0 if both are the same, 1 if they have no language in common.",
        panels=panels,
        keys=tuple(Key(name=name, paint=paint) for name, paint in paints.items()),
        table=_shares_table(measured, languages),
    )


def _shares_table(measured: Fair, languages: Sequence[str]) -> Table:
    lines = []
    for one, fairness in measured:
        for language, found in fairness.shares.items():
            head = f"{language}, {one.run.name}" if len(measured) > 1 else language
            cells = [
                Cell(
                    text=number(found.first.get(name, 0.0), 2),
                    note=f"of {number(found.relevant.get(name, 0.0), 2)}",
                )
                for name in languages
            ]
            lines.append(
                Line(
                    head=head,
                    cells=(Cell(text=str(found.topics)), *cells, Cell(text=number(found.distance))),
                )
            )
    return Table(
        caption="Share of each language in the first 10 results, of its share in what is relevant",
        corner="language of the question",
        columns=("topics", *languages, "distance"),
        lines=tuple(lines),
    )


def _share_rows(fairness: Fairness) -> dict[str, Mapping[str, float]]:
    """Two bars a language of questions, one below the other."""
    rows: dict[str, Mapping[str, float]] = {}
    for language, found in list(fairness.shares.items())[:MOST_LANGUAGES]:
        rows[f"{language}, first 10"] = found.first
        rows[f"{language}, relevant"] = found.relevant
    return rows


def _names(groups: Sequence[Mapping[str, object]]) -> list[str]:
    """In the order of the first run, then what only others have."""
    return list(dict.fromkeys(name for one in groups for name in one))
