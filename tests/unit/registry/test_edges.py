"""Wordings, headers, time zones and invented answers."""

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.registry.commands.model import Match
from services.registry.commands.office import Office
from services.registry.commands.participants import RegisterParticipant
from services.registry.data.case_file import read_case
from services.registry.domain.codes import Code
from services.registry.domain.refusal import Refusal, StaleVersion
from services.registry.http.exchange import parse_match
from services.registry.http.refusals import as_problem
from services.registry.http.wording import WORDINGS
from services.registry.seeding.case import read_questionnaire
from services.registry.seeding.survey import answers_of, levels
from services.registry.settings import RegistrySettings
from services.registry.storage import tables
from shared.runtime.language import speaks_english
from shared.runtime.wording import TITLES

CASE = Path(__file__).parents[3] / "services" / "registry" / "data" / "depok_case.yaml"


def test_every_refusal_is_worded_in_both_languages() -> None:
    assert set(WORDINGS) == set(get_args(Code))
    for code, entry in WORDINGS.items():
        assert entry.status in TITLES, code
        places = [
            {field for text in wording for _, field, _, _ in string.Formatter().parse(text) if field}
            for wording in (entry.id, entry.en)
        ]
        assert places[0] == places[1], code
        assert all((*entry.id, *entry.en)), code


@pytest.mark.parametrize(
    ("header", "english"),
    [("", False), ("en", True), ("en-GB,id;q=0.5", True), ("id,en", False), ("fr,en;q=0.3", True), ("*", False)],
)
def test_indonesian_comes_first(header: str, english: bool) -> None:
    assert speaks_english(header) is english


def test_a_state_is_named_in_the_readers_language() -> None:
    refusal = Refusal("campaign_settled", None, state="locked")
    said = as_problem(refusal, english=False).detail, as_problem(refusal, english=True).detail
    assert ("dikunci" in said[0], "locked" in said[0], "locked" in said[1]) == (True, False, True)


def test_a_stale_version_comes_with_the_current_one() -> None:
    problem = as_problem(StaleVersion(7), english=True)
    assert (problem.status, problem.headers) == (412, {"ETag": '"7"'})
    assert as_problem(Refusal("if_match_missing", "If-Match"), english=False).status == 428


@pytest.mark.parametrize(
    ("header", "match"),
    [
        (None, None),
        ("*", Match(any_version=True)),
        ('"3"', Match(frozenset({3}))),
        ('"3", W/"12"', Match(frozenset({3, 12}))),
        ("3", Match()),
        ("", Match()),
    ],
)
def test_if_match_names_versions(header: str | None, match: Match | None) -> None:
    assert parse_match(header) == match


def test_the_date_is_the_office_s_own() -> None:
    # 23:30 in Depok is half past midnight in Kupang: tomorrow there has begun.
    moment = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)

    def today_in(zone: str) -> date:
        return moment.astimezone(ZoneInfo(zone)).date()

    nothing = cast("Any", None)
    office = Office(nothing, nothing, nothing, nothing, ("32.76", "53.71"), nothing, "", today_in)
    assert office.city("region", "53.71", date(2026, 3, 7)) == "53.71"
    with pytest.raises(Refusal, match="date_in_future"):
        office.city("region", "32.76", date(2026, 3, 7))


def test_a_node_serves_only_what_there_is() -> None:
    assert RegistrySettings(regions="32.76,53.71").region_codes == ("32.76", "53.71")
    with pytest.raises(ValidationError, match=r"99\.99"):
        RegistrySettings(regions="99.99")


def test_a_name_shows_in_no_text_of_a_command() -> None:
    command = RegisterParticipant.model_validate(
        {
            "name": "Kenari Rahasia",
            "nik": "9999888877776666",
            "village": "32.76.07.1003",
            "group": "family",
            "sex": "male",
            "age_band": "18_24",
            "on": "2023-03-06",
        }
    )
    for text in (repr(command), str(command), command.model_dump_json()):
        assert "Kenari" not in text
        assert "99998888" not in text


@given(st.decimals(min_value=1, max_value=4, places=2), st.integers(1, 200))
def test_invented_answers_have_the_average_asked_for(average: Decimal, count: int) -> None:
    mixed = levels(average, count)
    assert all(1 <= answer <= 4 for answer in mixed)
    assert abs(Decimal(sum(mixed)) - average * count) <= Decimal("0.5")
    assert max(mixed) - min(mixed) <= 1


def test_the_case_s_answers_are_all_there_and_synthetic() -> None:
    case = read_case(CASE)
    questionnaire = read_questionnaire(case.instrument)
    answers = answers_of(case, questionnaire)
    assert len(answers) == sum(group.answers for group in case.survey.groups.values())
    items = {item for variable in questionnaire.values() for item in variable}
    assert all(set(answer.answers) == items and answer.synthetic for answer in answers)
    assert {answer.on for answer in answers} <= {date(2023, 11, day) for day in range(6, 18)}


def test_only_sealed_columns_can_hold_what_is_personal() -> None:
    assert {column.name for column in tables.participants.columns} == {
        "id", "village", "group", "sex", "age_band", "on", "sealed", "nik_index",
        "synthetic", "version", "created_at", "since", "registered_village", "referred_by",
        "state", "state_on", "consent_required", "merged_into", "term_list",
    }  # fmt: skip
