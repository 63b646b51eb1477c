"""The table shows cost and quality of each setting, and marks what is beyond chance."""

from benchmarks.passages_compare import MEASURES, MODES, compare
from benchmarks.passages_data import Asked
from benchmarks.passages_settings import BODY, BODY_BASE, Setting
from benchmarks.passages_table import table

SETTINGS = [
    Setting(name=BODY_BASE, shape=BODY, against=BODY_BASE),
    Setting(name="other", shape=BODY, against=BODY_BASE),
]


def test_a_row_tells_what_a_setting_costs_and_how_it_compares() -> None:
    topics = [
        Asked(id=str(n), group="news", text="؟", language="ar", relevant={f"{n:02}": 1})
        for n in range(40)
    ]
    measured = {
        setting.name: {
            mode: {topic.id: dict.fromkeys(MEASURES, value) for topic in topics} for mode in MODES
        }
        for setting, value in zip(SETTINGS, (0.5, 0.75), strict=True)
    }
    costs = [{"passages": 10, "embed_s": 1.5, "index_mib": 2.5} for _ in SETTINGS]

    lines = table(SETTINGS, costs, compare(SETTINGS, topics, measured)).splitlines()

    assert lines[0] == (
        "| setting | passages | embed_s | index_mib | nDCG@10 | difference | dense alone | news |"
    )
    assert lines[2] == "| 220 | 10 | 1.500 | 2.500 | .500 | – | .500 | .500 |"
    assert lines[3] == (
        "| other | 10 | 1.500 | 2.500 | .750* | +0.2500 [+0.2500, +0.2500] | .750* | .750* |"
    )
