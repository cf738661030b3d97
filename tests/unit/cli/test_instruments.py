"""What the commands about instruments print."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast, get_args

import httpx
import pytest
from typer.testing import CliRunner

from cli.connection import Connection
from cli.instruments import diff, lines_of, publish, published_lines
from cli.main import app
from cli.wording import TEXTS, Language
from services.scoring.instrument import INSTRUMENTS_DIR
from shared.contracts.scoring import Reading

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


def comparison() -> dict[str, Any]:
    score = {"value": "3.050", "exact": "3.050000000", "band": "cukup_tanggap"}
    effect = {"region": "32.76", "year": 2023, "reading": "survey", "before": score}
    return {
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


def test_a_comparison_is_told_in_lines() -> None:
    found = comparison()
    assert list(lines_of(found, "en")) == [
        "variables.hukum.weight.value: 0.20 -> (none)",
        "2 of 12 indices would be in another band.",
        (
            "32.76 2023 survey: 3.050 cukup_tanggap -> 3.070 tanggap, because hukum weighs otherwise (+0.030000000), "
            "keluarga is worked out otherwise (-0.010000000)"
        ),
        "32.76 2023 survey: 3.050 cukup_tanggap -> no index, because one of the editions gives no index",
    ]


def test_a_comparison_is_told_in_indonesian_too() -> None:
    assert list(lines_of(comparison(), "id")) == [
        "variables.hukum.weight.value: 0.20 -> (tidak ada)",
        "2 dari 12 indeks akan masuk kategori lain.",
        (
            "32.76 2023 survei: 3.050 cukup_tanggap -> 3.070 tanggap, karena hukum bobotnya berbeda (+0.030000000), "
            "keluarga dihitung dengan cara lain (-0.010000000)"
        ),
        "32.76 2023 survei: 3.050 cukup_tanggap -> tanpa indeks, karena salah satu edisi tidak menghasilkan indeks",
    ]


def of_villages() -> dict[str, Any]:
    return {
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


def test_a_comparison_of_villages_is_told_in_counts() -> None:
    found = of_villages()
    assert list(lines_of(found, "en")) == [
        "The two editions say the same.",
        "2 of 3 villages would be in another band.",
        "32.76 2024: 2 of 2 villages: 1 siaga -> aman, 1 siaga -> (none)",
        "53.71 2024: 0 of 1 villages",
        "1 because hukum weighs otherwise",
        "1 because one of the editions gives no index",
    ]


def test_a_comparison_of_villages_is_told_in_indonesian_too() -> None:
    same, of, first, *_, last = lines_of(of_villages(), "id")
    assert (same, of) == ("Isi kedua edisi sama.", "2 dari 3 desa akan masuk kategori lain.")
    assert first == "32.76 2024: 2 dari 2 desa: 1 siaga -> aman, 1 siaga -> (tidak ada)"
    assert last == "1 karena salah satu edisi tidak menghasilkan indeks"


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_and_reading_there_can_be_has_its_words(language: Language) -> None:
    assert all(TEXTS[f"why_{why}"][language] for why in ("scale", "missing", "bands", "weight", "value"))
    assert all(TEXTS[f"reading_{reading}"][language] for reading in get_args(Reading))


PUBLISHED = {"key": "kotan-2090", "from_year": 2090, "until_year": None, "sha256": "ab", "is_new": True, "switched": 0}


@pytest.mark.parametrize(
    ("changes", "language", "lines"),
    [
        ({}, "id", ["kotan-2090: berlaku dari 2090, sha256 ab"]),
        ({"is_new": False}, "en", ["kotan-2090: had been published before and is in force from 2090, sha256 ab"]),
        (
            {"until_year": 2095, "switched": 3},
            "en",
            [
                "kotan-2090: in force from 2090 until 2095, sha256 ab",
                "3 city years that had no answers yet are scored with it now.",
            ],
        ),
        (
            {"until_year": 2095, "switched": 3, "is_new": False},
            "id",
            [
                "kotan-2090: sudah pernah diterbitkan dan berlaku dari 2090 sampai 2095, sha256 ab",
                "3 tahun kota yang belum punya jawaban sekarang dinilai dengannya.",
            ],
        ),
    ],
)
def test_what_was_published_is_told(changes: dict[str, Any], language: Language, lines: list[str]) -> None:
    assert list(published_lines(PUBLISHED | changes, language)) == lines


@pytest.mark.parametrize(
    ("given", "language", "words"),
    [
        (["--lang", "en"], "en", "there is no such file"),
        ([], "id", "tidak ada berkas itu"),
    ],
)
def test_a_file_that_is_not_there_is_said_in_the_language_asked_for(
    given: list[str], language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BERSINAR_LANG", raising=False)
    monkeypatch.setattr("cli.main._connection", lambda: None)
    outcome = CliRunner().invoke(app, ["instrument", "diff", "kotan-2022", "none.yaml", *given])
    assert outcome.exit_code == 1
    assert words in outcome.output


def test_the_service_is_asked_in_the_same_language(tmp_path: Path) -> None:
    asked = list[httpx.Request]()

    def scoring(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=comparison() if request.url.path.endswith("diff") else PUBLISHED)

    node = httpx.Client(transport=httpx.MockTransport(scoring), base_url="http://scoring")
    connection = cast("Connection", SimpleNamespace(client=lambda _: nullcontext(node)))
    said = list[str]()
    assert publish(connection, KOTAN, said.append, "en")
    diff(connection, "kotan-2022", "kotan-2022", said.append, "id")
    assert [request.headers["Accept-Language"] for request in asked] == ["en", "id"]
    assert said[0] == f"{KOTAN}: in order"
    assert "2 dari 12 indeks akan masuk kategori lain." in said
