"""The page of a city's surveys, drawn from what the registry says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest

from services.dashboard.campaigns import Campaign, Cell, Official, Outlook
from services.dashboard.rendering import Pages
from services.dashboard.wording import LANGUAGES, Language, wording
from tests.unit.dashboard.samples import DEPOK


def cell(group: str, answers: int, outlook: Outlook, **more: int) -> Cell:
    return Cell.model_validate(
        {
            "group": group,
            "village": None,
            "answers": answers,
            "quota": 20,
            "outlook": outlook,
            "needed_per_day": 2,
            "expected": 12,
            "waiting": 0,
            "flagged": 0,
            "excluded": 0,
        }
        | more
    )


CAMPAIGN = Campaign(
    campaign_id="c1",
    year=2023,
    instrument="kotan-2022",
    state="open",
    opens_on=date(2023, 11, 1),
    closes_on=date(2023, 12, 15),
    days_left=9,
    answers=26,
    quota=40,
    outlook="at_risk",
    cells=(cell("polres", 6, "at_risk", waiting=3), cell("keluarga", 20, "met", flagged=1)),
)
OFFICIAL = [
    Official(
        year=2023,
        instrument="kotan-2022",
        revision=revision,
        revision_name=name,
        value=Decimal(value),
        band="sangat_tanggap",
        at=datetime(2024, 1, 10, 3, tzinfo=UTC),
    )
    for revision, name, value in ((2, "Koreksi <Polres>", "3.602"), (1, None, "3.620"))
]


def page(language: Language, *, campaign: Campaign = CAMPAIGN) -> str:
    return Pages([DEPOK]).surveys(DEPOK, [campaign], OFFICIAL, wording(language))


def test_it_says_what_is_missing_and_what_would_be_enough() -> None:
    html = page("id")
    for words in ("6/20", "terancam kurang", "perlu 2 sehari", "3 undangan belum dipakai", "1 perlu ditinjau"):
        assert words in html
    assert "Tinggal 9 hari." in html
    assert "undangan.html" in html


def test_the_latest_revision_is_the_official_value_and_earlier_ones_stay_beside_it() -> None:
    html = page("en")
    assert html.index("3.602") < html.index("3.620")
    assert "revision 2, Koreksi &lt;Polres&gt; · locked on 10 Jan 2024" in html


def test_a_survey_of_villages_has_no_part_in_the_official_value_of_their_city() -> None:
    assert "3,602" in page("id")
    assert "3,602" not in page("id", campaign=CAMPAIGN.model_copy(update={"instrument": "ikrn-2024"}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["draft", "open", "closed", "approved", "locked"])
def test_every_state_has_its_words(language: Language, state: str) -> None:
    html = page(language, campaign=CAMPAIGN.model_copy(update={"state": state}))
    assert ("undangan.csv" in html) is (state in ("draft", "open"))


def test_a_survey_of_villages_calls_them_by_name_and_by_code_where_there_is_none() -> None:
    cells = tuple(cell("warga", 4, "at_risk", village=village) for village in ("32.76.07.1003", "32.76.07.1999"))
    villages = CAMPAIGN.model_copy(update={"instrument": "ikrn-2024", "cells": cells})
    html = Pages([DEPOK]).surveys(DEPOK, [villages], (), wording("id"), {"32.76.07.1003": "Ratu Jaya"}.get)
    assert "<small>Ratu Jaya</small>" in html
    assert "<small>32.76.07.1999</small>" in html
    assert "Survei 2023 · IKRN 2024" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_yet_and_nobody_there_are_said(language: Language) -> None:
    pages, words = Pages([DEPOK]), wording(language)
    assert words.text("surveys.empty") in unescape(pages.surveys(DEPOK, [], [], words))
    assert words.text("surveys.away") in unescape(pages.surveys(DEPOK, None, (), words))
