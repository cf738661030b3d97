"""Numbers, times and catalogues: what a reader sees must be whole in both languages."""

import json
import re
import string
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
import yaml

from deploy.processes import ROOT
from services.dashboard import wording as module
from services.dashboard.wording import LANGUAGES, language_of, wording
from services.scoring.domain.evidence import COUNTERS
from shared.contracts import notifications, registry
from shared.contracts.catalogue import consumed_by
from shared.contracts.envelope import short_type

SOURCES = Path(module.__file__).parent
INDONESIAN, ENGLISH = wording("id"), wording("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_catalogues_hold_the_same_keys_in_the_same_order():
    assert list(INDONESIAN.texts) == list(ENGLISH.texts)


@pytest.mark.parametrize("key", INDONESIAN.texts)
def test_a_text_is_there_in_both_languages_with_the_same_values(key):
    assert INDONESIAN.texts[key].strip()
    assert ENGLISH.texts[key].strip()
    assert placeholders(INDONESIAN.texts[key]) == placeholders(ENGLISH.texts[key])


def test_no_key_is_written_twice():
    for language in LANGUAGES:
        pairs = json.loads((module.CATALOGUES / f"{language}.json").read_text(), object_pairs_hook=list)
        assert len(pairs) == len({key for key, _ in pairs})


def test_every_key_that_pages_ask_for_is_there():
    asked = set()
    for path in [*SOURCES.glob("*.py"), *SOURCES.glob("http/*.py"), *SOURCES.glob("templates/*.html")]:
        asked |= set(re.findall(r"""\.text\(\s*["']([a-z_.]+[a-z_])["'][,)\s]""", path.read_text()))
    assert len(asked) > 50
    assert asked <= set(INDONESIAN.texts)


def test_every_key_is_used_somewhere():
    used = "".join(p.read_text() for p in [*SOURCES.rglob("*.py"), *SOURCES.glob("templates/*.html")])
    survey = (SOURCES / "static/isi.js").read_text() + (SOURCES / "templates/isi.html").read_text()
    built = ("event.", "detail.", "band.", "band_short.", "variable.", "alerts.outcome.", "alerts.channel.",
             "feed.reading.", "trend.edition.", "trend.kind.", "method.mark.", "site.language.",
             "surveys.state.", "surveys.outlook.", "surveys.short.",
             "counter.", "sections.", "villages.way.", "area.share.", "weights.")  # fmt: skip
    for key in INDONESIAN.texts:
        stem = key.removesuffix(".one").removesuffix(".other")
        asked = stem.removeprefix("answer.")
        in_survey = key.startswith("answer.") and (f'"{asked}"' in survey or f".{asked} " in survey)
        assert key.startswith(built) or stem in used or in_survey, key


def test_every_registry_event_that_moves_an_index_has_a_sentence():
    for payload in consumed_by("scoring")["registry"]:
        assert f"event.{short_type(payload.TYPE)}" in INDONESIAN.texts


@pytest.mark.parametrize(
    "values",
    [registry.Group, registry.Setting, registry.RegulationKind, registry.AreaStatus,
     registry.BusinessStatus, registry.RespondentGroup],
)  # fmt: skip
def test_code_lists_have_words(values):
    for value in get_args(values):
        assert f"detail.{value}" in INDONESIAN.texts


def test_every_counter_an_index_can_move_by_has_words():
    for counter in COUNTERS.keys() - {"synthetic.events", "synthetic.records"}:
        assert f"counter.{counter}" in INDONESIAN.texts


def test_kinds_of_programmes_have_words():
    words = yaml.safe_load((ROOT / "services/registry/data/vocabulary.yaml").read_text())
    for kind in words["kinds"]:
        assert f"detail.{kind}" in INDONESIAN.texts


def test_channels_have_words():
    for channel in get_args(notifications.Channel):
        assert f"alerts.channel.{channel}" in INDONESIAN.texts


def test_numbers_are_written_as_the_language_writes_them():
    assert INDONESIAN.score(Decimal("3.4870")) == "3,487"
    assert ENGLISH.score(Decimal("3.4870")) == "3.487"
    assert INDONESIAN.score(None) == "–"
    assert INDONESIAN.whole(83762) == "83.762"


def test_a_change_has_its_sign_and_a_real_minus():
    assert INDONESIAN.change(Decimal("0.0041")) == "+0,004"
    assert INDONESIAN.change(Decimal("-0.115")) == "−0,115"
    assert INDONESIAN.change(Decimal(0)) == "0,000"


def test_a_change_too_small_for_three_places_is_not_written_as_nothing():
    assert INDONESIAN.change(Decimal("0.00012")) == "+0,00012"
    assert INDONESIAN.change(Decimal("-0.00012")) == "−0,00012"
    assert INDONESIAN.change(Decimal("-0.000000001")) == "0,000"


def test_half_is_rounded_up_and_away_from_zero():
    assert INDONESIAN.change(Decimal("0.0005")) == "+0,001"
    assert INDONESIAN.change(Decimal("-0.0005")) == "−0,001"


def test_times_are_of_the_citys_zone():
    moment = datetime(2026, 11, 22, 23, 32, 7, tzinfo=UTC)
    assert INDONESIAN.clock(moment, "Asia/Jakarta") == "06.32"
    assert INDONESIAN.clock(moment, "Asia/Jayapura", seconds=True) == "08.32.07"
    assert ENGLISH.clock(moment, "Asia/Makassar") == "07:32"
    assert INDONESIAN.day(moment, "Asia/Jakarta") == "23 Nov 2026"
    assert ENGLISH.day(date(2023, 5, 4)) == "4 May 2023"


def test_counted_texts():
    assert ENGLISH.counted("live.underway", 1) == "1 event on its way"
    assert ENGLISH.counted("live.underway", 1200) == "1,200 events on their way"


def test_an_unknown_code_is_shown_readable():
    assert INDONESIAN.known("detail", "budi_daya-jamur") == "budi daya jamur"


def test_indonesian_unless_asked_otherwise():
    assert language_of(None) == "id"
    assert language_of("fr", None) == "id"
    assert language_of(None, "en") == "en"
    assert language_of("id", "en") == "id"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("3.1", "3,1"), ("3.620", "3,620"), ("78.42", "78,42"), ("3", "3"), (None, "–")],
)
def test_a_printed_number_has_the_places_it_was_printed_with(value: str | None, shown: str) -> None:
    assert wording("id").printed(None if value is None else Decimal(value)) == shown
