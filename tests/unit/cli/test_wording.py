"""What the command line prints: both languages whole, numbers as people write them."""

from string import Formatter

import pytest

from cli.wording import TEXTS, number


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same(key: str) -> None:
    texts = TEXTS[key]
    assert set(texts) == {"id", "en"}
    fields = {language: {name for _, name, _, _ in Formatter().parse(line) if name} for language, line in texts.items()}
    assert fields["id"] == fields["en"]


@pytest.mark.parametrize(
    ("value", "language", "signed", "written"),
    [
        ("3.602", "id", False, "3,602"),
        ("3.602", "en", False, "3.602"),
        ("-0.0044", "id", True, "−0,004"),
        ("0.0125", "en", True, "+0.013"),
        ("3.0645", "id", False, "3,065"),
    ],
)
def test_numbers(value: str, language: str, signed: bool, written: str) -> None:
    assert number(value, language, signed=signed) == written  # type: ignore[arg-type]
