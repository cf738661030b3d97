"""What people type into cells, and what it means; nothing typed breaks a reader."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.registry.domain import cells
from services.registry.domain.cells import Cell
from services.registry.domain.refusal import Refusal

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
ANY_CELL = st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.none())
READERS: tuple[Callable[[str, Cell], object], ...] = (
    cells.text,
    cells.nik,
    cells.day,
    cells.count,
    cells.decimal,
    cells.yes_no,
)


@given(DAYS)
def test_a_date_is_read_in_every_way_it_is_written(day: date) -> None:
    months = ("Januari", "Februari", "Maret", "April", "Mei", "Juni")
    months += ("Juli", "Agustus", "September", "Oktober", "November", "Desember")
    serial = (day - date(1899, 12, 30)).days
    for written in (
        serial,
        float(serial) + 0.5,
        str(serial),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y}",
        f"'{day:%d/%m/%Y}",
        f" {day.day} {months[day.month - 1]} {day.year}",
        f"{day.day} {months[day.month - 1][:3].upper()} {day.year}",
        f"{day:%Y-%m-%d} 00:00:00",
        f"Senin, {day.day} {months[day.month - 1]} {day.year}",
    ):
        assert cells.day("on", written) == day, written


@given(st.dates(date(1931, 1, 1), date(2030, 12, 31)))
def test_two_figures_of_a_year_mean_the_nearest_hundred_years_before_2031(day: date) -> None:
    assert cells.day("on", f"{day:%d/%m/%y}") == day


@pytest.mark.parametrize("written", ["31/02/2024", "2024", "kemarin", "12/2024", "00/00/0000", -1, 1e9, "0", True])
def test_what_is_no_date_is_refused(written: Cell) -> None:
    with pytest.raises(Refusal) as refused:
        cells.day("on", written)
    assert (refused.value.code, refused.value.field) == ("cell_date", "on")


@given(DAYS)
def test_a_file_that_counts_from_1904_means_the_same_days(day: date) -> None:
    assert cells.day("on", (day - date(1904, 1, 1)).days, epoch_shift_days=1462) == day


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_a_nik_is_taken_as_text_only(nik: str) -> None:
    assert cells.nik("nik", nik) == nik
    assert cells.nik("nik", f"'{nik[:6]} {nik[6:12]}.{nik[12:]}") == nik
    if not nik.startswith("0"):
        for lost in (float(nik), int(nik), f"{float(nik):.5E}", "3,27601E+15"):
            with pytest.raises(Refusal) as refused:
                cells.nik("nik", lost)
            assert refused.value.code == "nik_as_number"


@pytest.mark.parametrize(
    ("written", "number"),
    [("1.234", 1234), ("1.234.567", 1234567), (" 12 ", 12), ("12,0", 12), ("'7", 7), (7.0, 7), ("-", None), ("", None)],
)
def test_numbers_are_read_the_indonesian_way(written: Cell, number: int | None) -> None:
    assert cells.count("n", written) == number


@pytest.mark.parametrize(
    "written", ["1,5", 1.5, "dua", "1.2.3,4,5", "Infinity", "NaN", "1e999", float("inf"), float("nan")]
)
def test_what_is_no_whole_number_is_refused(written: Cell) -> None:
    with pytest.raises(Refusal):
        cells.count("n", written)


def test_decimal_commas_and_points() -> None:
    assert cells.decimal("n", "1.234,5") == Decimal("1234.5")
    assert cells.decimal("n", "0,75") == Decimal("0.75")
    assert cells.decimal("n", "0.75") == Decimal("0.75")


def test_words_for_yes_and_no() -> None:
    assert [cells.yes_no("b", word) for word in ("Ya", "TIDAK", "v", True, 0, None, " ")] == [
        True,
        False,
        True,
        True,
        False,
        None,
        None,
    ]
    with pytest.raises(Refusal):
        cells.yes_no("b", "mungkin")


def test_a_formula_error_is_no_text() -> None:
    for word in ("#N/A", "#REF!", "#NAME?", "#DIV/0!"):
        with pytest.raises(Refusal) as refused:
            cells.text("name", word)
        assert refused.value.code == "cell_formula_error"


@given(ANY_CELL)
@example("9" * 5)
@example("0/0/0")
@example("\u0660" * 16)
def test_no_cell_breaks_a_reader(cell: Cell) -> None:
    fields = set[str | None]()
    for read in READERS:
        try:
            read("column", cell)
        except Refusal as refused:
            fields.add(refused.field)
    assert fields <= {"column"}


@given(st.dates(date(1980, 1, 1), date(2040, 1, 1)), st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_changes_no_date(day: date, hour: int, minute: int) -> None:
    serial = (day - date(1899, 12, 30)).days + timedelta(hours=hour, minutes=minute) / timedelta(days=1)
    assert cells.day("on", serial) == day
