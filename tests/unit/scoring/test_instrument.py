"""An instrument file is read exactly, and what is wrong in it is named with its line."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.scoring.instrument import INSTRUMENTS_DIR, InstrumentError, check, load, load_catalogue
from services.scoring.instrument_file import InstrumentFile, marked_places

DATA = Path(__file__).parent / "data"
EXAMPLE = DATA / "contoh-2030.yaml"
BAD: list[dict[str, Any]] = yaml.safe_load((DATA / "bad_instruments.yaml").read_text(encoding="utf-8"))
KOTAN_2022 = INSTRUMENTS_DIR / "kotan-2022.yaml"


def test_the_shipped_instrument_is_what_the_public_sources_say() -> None:
    kotan = load(KOTAN_2022)
    assert [(b.key, b.lower, b.upper, b.mark) for b in kotan.bands] == [
        ("kurang_tanggap", Decimal("1.000"), Decimal("2.599"), "P"),
        ("cukup_tanggap", Decimal("2.600"), Decimal("3.064"), "R"),
        ("tanggap", Decimal("3.065"), Decimal("3.532"), "R"),
        ("sangat_tanggap", Decimal("3.533"), Decimal("4.000"), "R"),
    ]
    assert sum(g.quota.value for g in kotan.groups) == 180
    assert {g.quota.mark for g in kotan.groups} == {"I"}
    assert [(v.weight.value, v.weight.mark, v.mark) for v in kotan.variables] == [(Decimal("0.20"), "P", "R")] * 5
    assert sum(len(i.items) for v in kotan.variables for i in v.survey) == 40
    assert kotan.provisional


@pytest.mark.parametrize("key", ["kotan-2019", "kotan-2022", "ikrn-2024"])
def test_every_element_has_a_mark_and_a_listed_source(key: str) -> None:
    instrument = load(INSTRUMENTS_DIR / f"{key}.yaml")
    elements = list(marked_places(instrument))
    assert len(elements) >= 38
    assert all(element.source in instrument.sources for _, element in elements)
    named = {element.source for _, element in elements}
    assert set(instrument.sources) == named


def test_the_edition_of_2019_has_the_printed_weights_and_bands() -> None:
    kotan = load(INSTRUMENTS_DIR / "kotan-2019.yaml")
    assert {v.key: str(v.weight.value) for v in kotan.variables} == {
        "masyarakat": "0.25", "kewilayahan": "0.20", "kelembagaan": "0.25", "hukum": "0.20", "keluarga": "0.10"
    }  # fmt: skip
    assert {v.weight.mark for v in kotan.variables} == {b.mark for b in kotan.bands} == {"R"}
    assert [(b.name.id, str(b.lower), str(b.upper)) for b in kotan.bands] == [
        ("Tidak Tanggap", "0.00", "20.00"),
        ("Kurang Tanggap", "20.01", "40.00"),
        ("Cukup Tanggap", "40.01", "60.00"),
        ("Tanggap", "60.01", "80.00"),
        ("Sangat Tanggap", "80.01", "100.00"),
    ]


def test_the_running_index_counts_the_same_under_both_editions() -> None:
    old, new = load(INSTRUMENTS_DIR / "kotan-2019.yaml"), load(KOTAN_2022)
    stretched = {Decimal(1): "0", Decimal(2): "33.33", Decimal(3): "66.67", Decimal(4): "100"}

    def counted(instrument: InstrumentFile) -> dict[str, list[Any]]:
        return {v.key: [(e.key, e.measure, e.breakpoints) for e in v.evidence] for v in instrument.variables}

    mapped = {
        variable: [(key, measure, tuple((x, Decimal(stretched[y])) for x, y in points)) for key, measure, points in own]
        for variable, own in counted(new).items()
    }
    assert mapped == counted(old)


def test_the_index_of_villages_asks_thirty_residents_the_head_and_two_officers() -> None:
    ikrn = load(INSTRUMENTS_DIR / "ikrn-2024.yaml")
    assert (ikrn.level, ikrn.from_year) == ("village", 2024)
    assert {g.key: g.quota.value for g in ikrn.groups} == {"warga": 30, "lurah": 1, "petugas": 2}
    assert [(b.key, str(b.lower), b.mark) for b in ikrn.bands] == [
        ("bahaya", "1.00", "I"), ("waspada", "1.76", "I"), ("siaga", "2.51", "I"), ("aman", "3.26", "R")
    ]  # fmt: skip


def test_the_questionnaire_is_a_placeholder_of_forty_statements_for_every_group() -> None:
    kotan = load(KOTAN_2022)
    items = [item for v in kotan.variables for i in v.survey for item in i.items]
    assert len(items) == 40
    assert {item.mark for item in items} == {"P"}
    assert all(len(kotan.asked(item)) == 9 for item in items)
    assert len({item.text.id for item in items} | {item.text.en for item in items}) == 80
    # Two hundred words a minute, and five seconds to think and tap: under five minutes.
    words = sum(len(item.text.id.split()) for item in items)
    assert words / 200 * 60 + len(items) * 5 < 300


def test_the_plain_form_is_exact() -> None:
    plain = load(KOTAN_2022).plain
    assert sum(v.weight for v in plain.variables) == Fraction(1)
    assert plain.band_of(3064) == "cukup_tanggap"


def test_a_year_is_scored_with_the_edition_in_force_in_it() -> None:
    catalogue = load_catalogue()
    assert [catalogue.of_year(y).key for y in (2018, 2019, 2020, 2021, 2030)] == [
        "kotan-2019", "kotan-2019", "kotan-2019", "kotan-2022", "kotan-2022"
    ]  # fmt: skip
    assert catalogue.of_year(2024, "village").key == "ikrn-2024"


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["case"])
def test_every_slip_is_named_with_its_line_rule_and_remedy(tmp_path: Path, case: dict[str, Any]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in case["change"]:
        assert old in text
        text = text.replace(old, new, 1)
    spoilt = tmp_path / EXAMPLE.name
    spoilt.write_text(text, encoding="utf-8")
    assert [str(problem) for problem in check(spoilt)] == [f"{spoilt}:{line}" for line in case["problems"]]
    with pytest.raises(InstrumentError):
        load(spoilt)


def test_the_example_itself_is_in_order() -> None:
    assert check(EXAMPLE) == []
    assert len(BAD) >= 20


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "1: file: can't be read: No such file or directory. Check the name and who may read it."),
        (b"", "1: empty: the file holds no fields. Begin with a copy of a shipped instrument."),
        (b"- 1\n", "1: empty: the file holds no fields. Begin with a copy of a shipped instrument."),
        (b"a: b\n\xff\xfe", "2: encoding: is not UTF-8 text. Save it as UTF-8."),
        (b"#" * 200_001, "1: size: is larger than 200000 bytes. Shorten its texts."),
    ],
    ids=["not there", "empty", "a list", "not text", "too large"],
)
def test_what_is_no_instrument_at_all(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "some-2030.yaml"
    if content is not None:
        path.write_bytes(content)
    assert [str(p) for p in check(path)] == [f"{path}:{problem}"]


def test_two_editions_of_one_subject_are_never_in_force_together(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    (tmp_path / "contoh-2030.yaml").write_text(text, encoding="utf-8")
    later = text.replace("contoh-2030", "contoh-2031").replace("from: 2030, until: 2031", "from: 2031")
    (tmp_path / "contoh-2031.yaml").write_text(later, encoding="utf-8")
    with pytest.raises(InstrumentError) as refused:
        load_catalogue(tmp_path)
    second = tmp_path / "contoh-2031.yaml"
    assert str(refused.value) == (
        f"{second}:1: overlap: valid from 2031, while contoh-2030 is valid from 2030 until 2031. "
        "Let contoh-2031 begin later, or give contoh-2030 an earlier until."
    )
    (tmp_path / "contoh-2031.yaml").write_text(later.replace("from: 2031", "from: 2032"), encoding="utf-8")
    assert [i.key for i in load_catalogue(tmp_path).editions()] == ["contoh-2030", "contoh-2031"]


def test_a_folder_without_instruments_is_said(tmp_path: Path) -> None:
    with pytest.raises(InstrumentError, match="there is no instrument"):
        load_catalogue(tmp_path / "nowhere")
