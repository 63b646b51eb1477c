from typing import Any

from benchmarks.peers_report import not_ahead, quality_rows, speed_rows

FIGURES = {
    "load_s": 1.0,
    "vectors": 10.0,
    "index_s": 10.0,
    "p50_ms": 5.0,
    "p95_ms": 8.0,
    "index_peak_mib": 600.0,
    "search_peak_mib": 500.0,
    "per_s": 100.0,
}


def _system(*, difference: tuple[float, float, float] = (0.0, 0.0, 0.0), **changed: float) -> Any:
    figures = FIGURES | changed
    mean, low, high = difference
    return {
        "versions": {"library": "1.0"},
        "sets": {
            "ar": {
                name: {"median": value, "min": value, "max": value}
                for name, value in figures.items()
            }
        },
        "quality": {
            "ar-ar": {
                "mean": 0.9,
                "low": 0.8,
                "high": 0.95,
                "n": 60,
                "to_sanad": {"mean": mean, "low": low, "high": high, "n": 60},
            }
        },
    }


SLOWER = {
    "index_s": 40.0,
    "p50_ms": 20.0,
    "p95_ms": 30.0,
    "index_peak_mib": 900.0,
    "search_peak_mib": 700.0,
    "per_s": 25.0,
}


def test_a_ratio_is_the_systems_figure_by_that_of_sanad() -> None:
    systems = {"Sanad": _system(), "other": _system(**SLOWER)}

    own, other = speed_rows(systems, "ar", reference="Sanad")

    assert own["index_s ratio to Sanad"] == 1.0
    assert other["index_s ratio to Sanad"] == 4.0
    assert other["per_s ratio to Sanad"] == 0.25


def test_a_system_that_is_behind_in_all_has_a_sentence_that_says_so() -> None:
    systems = {"Sanad": _system(), "other": _system(**SLOWER, difference=(-0.1, -0.2, 0.0))}

    assert not_ahead(systems, reference="Sanad") == ["other: Sanad is ahead in every figure."]


def test_less_memory_and_equal_latency_of_another_are_told() -> None:
    other = _system(**SLOWER | {"search_peak_mib": 400.0, "p50_ms": 5.0})

    (sentence,) = not_ahead({"Sanad": _system(), "other": other}, reference="Sanad")

    assert "peak memory, searching (MiB), ar documents: 500 to its 400" in sentence
    assert "question p50 (ms), ar documents: 5 to its 5" in sentence
    assert "index time" not in sentence


def test_lower_quality_is_told_with_what_the_interval_says() -> None:
    systems = {
        "Sanad": _system(),
        "sure": _system(**SLOWER, difference=(0.02, 0.01, 0.03)),
        "unsure": _system(**SLOWER, difference=(0.02, -0.01, 0.05)),
    }

    sure, unsure = not_ahead(systems, reference="Sanad")

    assert "nDCG@10 ar-ar: behind by 0.0200, beyond chance (+0.0100 to +0.0300)" in sure
    assert "within chance (-0.0100 to +0.0500)" in unsure


def test_quality_shows_interval_and_paired_difference() -> None:
    (row,) = quality_rows({"other": _system(difference=(-0.1, -0.2, 0.0))})

    assert row["nDCG@10 ar-ar"] == "0.9000 (0.8000 to 0.9500)"
    assert row["ar-ar to Sanad"] == "-0.1000 (-0.2000 to +0.0000)"
