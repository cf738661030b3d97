"""What the commands about instruments print."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.instruments import lines_of
from cli.main import app
from services.scoring.instrument import INSTRUMENTS_DIR

KOTAN = INSTRUMENTS_DIR / "kotan-2022.yaml"


def test_a_file_in_order_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = CliRunner().invoke(app, ["instrument", "check", str(KOTAN)])
    assert (outcome.exit_code, outcome.output) == (0, f"{KOTAN}: in order\n")


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "kotan-2022.yaml"
    text = KOTAN.read_text(encoding="utf-8")
    file.write_text(
        text.replace("from: 2.600", "from: 2.700").replace("value: 0.20", "value: 0.30", 1), encoding="utf-8"
    )
    outcome = CliRunner().invoke(app, ["instrument", "check", str(file)])
    assert outcome.exit_code == 1
    first, second = outcome.output.splitlines()
    assert first.endswith(
        "band-gap: cukup_tanggap starts at 2.700: nothing covers 2.600 up to there. Start it at 2.600."
    )
    assert second.endswith("weights: the weights of the variables sum to 1.10, not to 1. Correct the weights.")


def test_a_comparison_is_told_in_lines() -> None:
    score = {"value": "3.050", "exact": "3.050000000", "band": "cukup_tanggap"}
    effect = {"region": "32.76", "year": 2023, "reading": "survey", "before": score}
    found = {
        "differences": [{"path": "variables.hukum.weight.value", "before": "0.20", "after": None}],
        "compared": 12,
        "changed": 2,
        "effects": [
            effect
            | {
                "after": score | {"value": "3.070", "band": "tanggap"},
                "why": "shifts",
                "shifts": [
                    {"variable": "hukum", "cause": "weight", "share": "0.030000000"},
                    {"variable": "keluarga", "cause": "value", "share": "-0.010000000"},
                ],
            },
            effect | {"after": None, "why": "missing", "shifts": []},
        ],
    }
    assert list(lines_of(found)) == [
        "variables.hukum.weight.value: 0.20 -> (none)",
        "2 of 12 indices would be in another band.",
        (
            "32.76 2023 survey: 3.050 cukup_tanggap -> 3.070 tanggap, because hukum weighs otherwise (+0.030000000), "
            "keluarga is worked out otherwise (-0.010000000)"
        ),
        "32.76 2023 survey: 3.050 cukup_tanggap -> no index, because one of the editions gives no index",
    ]


def test_a_comparison_of_villages_is_told_in_counts() -> None:
    found = {
        "differences": [],
        "compared": 3,
        "changed": 2,
        "effects": [],
        "areas": [
            {"region": "32.76", "year": 2024, "compared": 2, "changed": 2,
             "moves": [{"before": "siaga", "after": "aman", "villages": 1},
                       {"before": "siaga", "after": None, "villages": 1}]},
            {"region": "53.71", "year": 2024, "compared": 1, "changed": 0, "moves": []},
        ],
        "whys": [{"variable": "hukum", "cause": "weight", "villages": 1},
                 {"variable": None, "cause": "missing", "villages": 1}],
    }  # fmt: skip
    assert list(lines_of(found)) == [
        "The two editions say the same.",
        "2 of 3 villages would be in another band.",
        "32.76 2024: 2 of 2 villages: 1 siaga -> aman, 1 siaga -> (none)",
        "53.71 2024: 0 of 1 villages",
        "1 because hukum weighs otherwise",
        "1 because one of the editions gives no index",
    ]
