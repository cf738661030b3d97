"""Words, numbers and times in one language. The words are in ``catalogues/<language>.json``, one file a language."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CATALOGUES = Path(__file__).parent / "catalogues"

INDEX_PLACES = Decimal("0.001")
SMALL_PLACES = Decimal("0.00001")
MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"
_LOCALES: Mapping[Language, str] = {"id": "id_ID", "en": "en_GB"}
_CLOCK: Mapping[Language, str] = {"id": "%H.%M", "en": "%H:%M"}
_CLOCK_SECONDS: Mapping[Language, str] = {"id": "%H.%M.%S", "en": "%H:%M:%S"}


class Wording:
    """One language: its catalogue and its ways of writing numbers and times."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language, self.texts = language, texts
        self.locale = Locale.parse(_LOCALES[language])

    def text(self, key: str, /, **values: object) -> str:
        """The text of a key; KeyError when the catalogue has a hole, which a test rules out."""
        return self.texts[key].format(**values)

    def counted(self, key: str, count: int, /, **values: object) -> str:
        """The text of ``key.one`` or ``key.other``, with ``{count}``."""
        form = "one" if count == 1 else "other"
        return self.text(f"{key}.{form}", count=self.whole(count), **values)

    def known(self, group: str, value: str) -> str:
        """The word for a value of a code list, or the value itself, readable, when the list has grown."""
        return self.texts.get(f"{group}.{value}", value.replace("_", " ").replace("-", " "))

    def name(self, names: Mapping[str, str]) -> str:
        """What an instrument calls something, in this language or else the first it has."""
        return names.get(self.language) or next(iter(names.values()), "")

    def number(self, value: Decimal, places: int = 3) -> str:
        """A number as read in this language: ``3,487``, with a real minus sign."""
        pattern = "0." + "0" * places if places else "0"
        rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return format_decimal(rounded, pattern, self.locale).replace("-", MINUS)

    def score(self, value: Decimal | None) -> str:
        """An index or a variable: three places, or a dash when there is none."""
        return NOTHING if value is None else self.number(value)

    def printed(self, value: Decimal | None) -> str:
        """A number with the places it was printed or rounded with: a printed 3.1 is no 3.100."""
        if value is None:
            return NOTHING
        exponent = value.as_tuple().exponent
        return self.number(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0)

    def change(self, value: Decimal | None) -> str:
        """A difference with its sign. One too small for three places is written with five."""
        if value is None:
            return NOTHING
        rounded = value.quantize(INDEX_PLACES, ROUND_HALF_UP)
        if rounded == 0 and value.quantize(SMALL_PLACES, ROUND_HALF_UP) != 0:
            return ("+" if value > 0 else "") + self.number(value, 5)
        return ("+" if rounded > 0 else "") + self.number(rounded + 0)

    def whole(self, value: int) -> str:
        """A count with the language's grouping: ``83.762``."""
        return format_decimal(value, "#,##0", self.locale)

    def clock(self, moment: datetime, zone: str, *, seconds: bool = False) -> str:
        """The time of day in a city's zone: ``14.32`` in Indonesian, ``14:32`` in English."""
        patterns = _CLOCK_SECONDS if seconds else _CLOCK
        return moment.astimezone(ZoneInfo(zone)).strftime(patterns[self.language])

    def day(self, moment: datetime | date, zone: str | None = None) -> str:
        """The day and month: ``22 Nov``."""
        if isinstance(moment, datetime) and zone:
            moment = moment.astimezone(ZoneInfo(zone))
        return format_date(moment, "d MMM yyyy", self.locale)


@cache
def wording(language: Language) -> Wording:
    """The wording of a language, read once."""
    texts = json.loads((CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    return Wording(language, texts)


def language_of(*candidates: str | None) -> Language:
    """The first candidate that is one of the languages, else Indonesian: the office's language, whatever a browser
    was shipped with."""
    for candidate in candidates:
        for language in LANGUAGES:
            if candidate == language:
                return language
    return "id"
