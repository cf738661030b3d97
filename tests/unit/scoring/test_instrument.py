"""An instrument file is read exactly, and what is wrong in it is named with its line."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from services.scoring.instrument import INSTRUMENTS_DIR, InstrumentError, check, load, load_catalogue
from services.scoring.instrument_file import marked_places

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


def test_every_element_has_a_mark_and_a_listed_source() -> None:
    kotan = load(KOTAN_2022)
    elements = list(marked_places(kotan))
    assert len(elements) == 100
    assert all(element.source in kotan.sources for _, element in elements)


def test_the_plain_form_is_exact() -> None:
    plain = load(KOTAN_2022).plain
    assert sum(v.weight for v in plain.variables) == Fraction(1)
    assert plain.band_of(3064) == "cukup_tanggap"


def test_a_year_is_scored_with_the_latest_instrument_not_newer_than_it(tmp_path: Path) -> None:
    text = KOTAN_2022.read_text(encoding="utf-8")
    (tmp_path / "kotan-2022.yaml").write_text(text, encoding="utf-8")
    newer = text.replace("key: kotan-2022", "key: kotan-2026").replace("from_year: 2021", "from_year: 2026")
    (tmp_path / "kotan-2026.yaml").write_text(newer, encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    assert [catalogue.of_year(y).key for y in (2019, 2021, 2025, 2026, 2030)] == [
        "kotan-2022", "kotan-2022", "kotan-2022", "kotan-2026", "kotan-2026"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rule", "message"),
    [
        ("value: 0.20", "value: 0.21", "weights", "1.01"),
        ("from: 2.600", "from: 2.700", "bands", "must start at 2.600"),
        ("to: 4.000", "to: 3.900", "bands", "must end at 4"),
        ("of: [sessions.held]", "of: [sessions.hold]", "counter", "sessions.hold"),
        ("[12, 2]", "[0, 2]", "breakpoints", "0 must be above 0"),
        ("[12, 2]", "[12, 5]", "breakpoints", "outside the scale"),
        ("key: keharmonisan_2", "key: keharmonisan_1", "unique", "keharmonisan_1"),
        ("key: hukum", "key: law", "variable", "law"),
        ("key: koramil", "key: kodim", "group", "kodim"),
        ("source: garut-2023", "source: hearsay", "source", "hearsay"),
        ("mark: R", "mark: X", "literal_error", "mark"),
        ("from_year: 2021", "from_year: 2021\nfrom_yaer: 3", "extra_forbidden", "from_yaer"),
        ("from_year: 2021", "from_year: 2021\nfrom_year: 2022", "yaml", "from_year appears twice"),
        ("key: kotan-2022", "key: kotan-2023", "file-name", "kotan-2023.yaml"),
        ("bands:", "bands: [", "yaml", ""),
    ],
)
def test_a_problem_names_file_line_and_rule(tmp_path: Path, old: str, new: str, rule: str, message: str) -> None:
    text = KOTAN_2022.read_text(encoding="utf-8")
    start = text.index(old)
    broken = tmp_path / "kotan-2022.yaml"
    broken.write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8")
    problem = next(p for p in check(broken) if p.rule == rule and message in p.message)
    assert problem.file == str(broken)
    line = text[:start].count("\n") + 1
    assert rule in ("yaml", "unique") or line <= problem.line <= line + 1
    with pytest.raises(InstrumentError, match=rule):
        load(broken)


def test_a_file_that_is_not_there_or_not_an_instrument_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("", encoding="utf-8")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", empty, binary):
        assert check(path)
    with pytest.raises(InstrumentError):
        load_catalogue(tmp_path / "nowhere")
