"""What is taken for a day, a moment, a number or a truth value, and what is not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.runtime.exact import AwareMoment, Day, Flag, Whole

DAY, MOMENT, WHOLE, FLAG = (TypeAdapter[Any](kind) for kind in (Day, AwareMoment, Whole, Flag))


@given(st.dates(), st.datetimes(timezones=st.just(UTC)), st.integers(), st.booleans())
def test_what_is_written_out_is_read(day: date, moment: datetime, number: int, flag: bool) -> None:
    assert DAY.validate_python(day.isoformat()) == DAY.validate_python(day) == day
    assert MOMENT.validate_python(moment.isoformat()) == moment
    assert WHOLE.validate_python(number) == number
    assert FLAG.validate_python(flag) is flag


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((DAY, value) for value in (0, 1.5, "0", "1678060800", "2023-03-06T00:00:00", "06/03/2023", True)),
        *((MOMENT, value) for value in (0, "0", "0.5", "2023-03-06", "2023-03-06T08:00:00")),
        *((WHOLE, value) for value in (True, False, "3", 3.5)),
        *((FLAG, value) for value in (0, 1, "true", "ya")),
    ],
)
def test_what_could_mean_something_else_is_refused(kind: TypeAdapter[Any], value: object) -> None:
    with pytest.raises(ValidationError):
        kind.validate_python(value)
