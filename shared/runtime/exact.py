"""Values as JSON means them: days and moments written out (ISO 8601), never a number that could count days or seconds.

A number is no truth value, and a truth value no number.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticKnownError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}.*", re.DOTALL)


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticKnownError("date_parsing", {"error": "it is not written as YYYY-MM-DD"})
    if isinstance(value, int | float):
        raise PydanticKnownError("date_type")
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise PydanticKnownError("datetime_parsing", {"error": "it is not written as YYYY-MM-DDThh:mm:ssZ"})
    if isinstance(value, int | float):
        raise PydanticKnownError("datetime_type")
    return value


Day = Annotated[date, BeforeValidator(_day)]
AwareMoment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def _whole(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticKnownError("int_type")
    return value


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise PydanticKnownError("bool_type")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
