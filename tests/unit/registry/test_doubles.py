"""Whether two registrations may be one person doesn't depend on which is named first."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.commands.doubles import alike
from services.registry.commands.personal_data import PersonalData
from services.registry.domain import doubles
from services.registry.domain.doubles import Alike

NAMES = st.sampled_from(["Muh. Ahmad", "Mochamad Achmad", "Siti Aminah", "Sitti Aminah", "Peserta 01", "Peserta 02"])
BIRTHS = st.none() | st.dates(date(1990, 1, 1), date(1990, 12, 31)).map(date.isoformat)
NIKS = st.none() | st.sampled_from(["9999010101900001", "9999010101900011", "9999888877776666"])
PEOPLE = st.builds(PersonalData, name=NAMES, nik=NIKS, birth_date=BIRTHS)
ROWS = st.sampled_from([{"village": "a"}, {"village": "b"}])


@given(ROWS, ROWS, PEOPLE, PEOPLE)
def test_likeness_is_symmetric(one: Any, other: Any, first: PersonalData, second: PersonalData) -> None:
    there, back = alike(one, other, first, second), alike(other, one, second, first)
    assert there == back
    value = doubles.likeness(there)
    assert value is None or 0 <= value <= 100


@given(ROWS, PEOPLE.filter(lambda data: data.birth_date is not None))
def test_a_registration_is_like_itself(row: Any, data: PersonalData) -> None:
    again = PersonalData(name=data.name, birth_date=data.birth_date)
    assert doubles.likeness(alike(row, row, again, again)) == 100


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("1990-03-12", "1990-03-12", "same"),
        ("1990-03-12", "1990-12-03", "slip"),
        ("1990-03-12", "1990-03-13", "slip"),
        ("1990-03-12", "1971-08-01", "other"),
        ("1990-03-12", None, "unknown"),
    ],
)
def test_births_are_compared_as_people_mistype_them(one: str, other: str | None, says: str) -> None:
    assert doubles.compare_births(one, other) == says


def test_neither_a_name_alone_nor_other_numbers_make_a_double() -> None:
    assert doubles.likeness(Alike(100, numbers=True, village=False, birth="unknown", nik="unknown")) is None
    assert doubles.likeness(Alike(100, numbers=True, village=True, birth="other", nik="unknown")) is None
    assert doubles.likeness(Alike(97, numbers=False, village=True, birth="same", nik="unknown")) is None
