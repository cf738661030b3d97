"""Survey campaigns over the API: planned, answered by invitation, reviewed, locked."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registry.commands import survey_progress
from services.registry.commands.questionnaire import Questionnaire
from services.registry.domain.refusal import Refusal
from services.registry.questionnaires import ScoringQuestionnaires, read_instrument
from services.scoring.http.views import instrument_view
from services.scoring.instrument import load_catalogue
from shared.contracts.registry import SurveyAnswered, SurveyAnswerExcluded, SurveyMoved, SurveyReminded
from tests.integration.registry.conftest import Api

PLAN = {
    "region": "32.76",
    "instrument": "kotan-2022",
    "year": 2023,
    "opens_on": "2023-11-01",
    "closes_on": "2023-12-15",
    "synthetic": True,
}
TODAY = date(2023, 11, 10)


async def published(key: str) -> Questionnaire:
    """The questionnaire as scoring would say it, without the way over the line."""
    return read_instrument(instrument_view(load_catalogue().get(key)))


@pytest.fixture
def office(api: Api) -> Api:
    """The API on a day in the middle of a campaign."""
    set_office(api, questionnaires=published, today_in=lambda _zone: TODAY)
    return api


def set_office(api: Api, **changes: Any) -> None:
    api.registry.app.state.office = replace(api.registry.app.state.office, **changes)


async def opened(api: Api, **changes: Any) -> str:
    campaign = await api.made("/v1/campaigns", PLAN | changes)
    await step(api, campaign["id"], "open")
    return str(campaign["id"])


async def step(api: Api, campaign: str, taken: str, /, **body: str) -> dict[str, Any]:
    answer = await api.post(f"/v1/campaigns/{campaign}/{taken}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def invited(api: Api, campaign: str, **body: Any) -> list[str]:
    """The tokens of invitations, as the CSV hands them out."""
    made = await api.post(f"/v1/campaigns/{campaign}/links", {"group": "keluarga"} | body)
    assert made.status_code == 201, made.text
    return [row["tautan"].partition("#")[2] for row in await handed_out(api, campaign)]


async def handed_out(api: Api, campaign: str) -> list[dict[str, str]]:
    text = (await api.client.get(f"/v1/campaigns/{campaign}/links.csv")).text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def sheet(value: int = 3, items: int = 40) -> dict[str, int]:
    keys = [item.key for item in read_instrument(instrument_view(load_catalogue().get("kotan-2022"))).items]
    return {key: (value if number % 3 else 4) for number, key in enumerate(keys[:items])}


async def answered(api: Api, token: str, **body: Any) -> Any:
    return await api.post("/v1/survey-links/answer", {"token": token, "answers": sheet(), "seconds": 240} | body)


async def test_a_campaign_from_the_plan_to_the_lock(office: Api) -> None:
    campaign = await opened(office)
    (token,) = await invited(office, campaign)
    seen = await office.post("/v1/survey-links/open", {"token": token})
    assert seen.status_code == 200
    assert (seen.json()["place"], seen.json()["group"]["id"], len(seen.json()["questions"])) == (
        "Kota Depok",
        "Keluarga",
        40,
    )
    assert (await answered(office, token)).json() == {"recorded": True}
    again = await answered(office, token)
    assert (again.status_code, again.json()["type"]) == (409, "urn:bersinar:problem:invitation-used")

    await step(office, campaign, "close")
    await step(office, campaign, "approve")
    locked = await step(office, campaign, "lock")
    assert (locked["state"], locked["revision"]) == ("locked", 1)
    for name in ("open", "close", "approve", "lock"):
        refused = await office.post(f"/v1/campaigns/{campaign}/{name}", {})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:bersinar:problem:campaign-elsewhere")
    revised = await step(office, campaign, "revise", name="Koreksi jawaban ganda", reason="Dua jawaban tercatat ganda.")
    assert (revised["state"], revised["revision"], revised["revision_name"]) == ("closed", 2, "Koreksi jawaban ganda")
    moved = [event.data for event in await office.events() if isinstance(event.data, SurveyMoved)]
    assert [(m.before, m.state, m.revision) for m in moved] == [
        ("draft", "open", 1),
        ("open", "closed", 1),
        ("closed", "approved", 1),
        ("approved", "locked", 1),
        ("locked", "closed", 2),
    ]


async def test_a_locked_period_takes_no_answer_from_anywhere(office: Api) -> None:
    campaign = await opened(office)
    tokens = await invited(office, campaign, number=2)
    await answered(office, tokens[0])
    for name in ("close", "approve", "lock"):
        await step(office, campaign, name)
    (review,) = (await office.client.get("/v1/survey-reviews", params={"campaign_id": campaign})).json()["items"]
    before = await office.counts()
    bypass = {"region": "32.76", "instrument": "kotan-2022", "year": 2023, "group": "keluarga", "on": "2023-11-10"}
    for refused, code in (
        (await answered(office, tokens[1]), "campaign-over"),
        (await office.post("/v1/survey-answers", bypass | {"answers": sheet()}), "period-closed"),
        (
            await office.post(f"/v1/survey-reviews/{review['id']}/exclude", {"reason": "test", "note": "Uji coba."}),
            "campaign-settled",
        ),
        (await office.post(f"/v1/campaigns/{campaign}/links", {"group": "keluarga"}), "campaign-over"),
    ):
        assert (refused.status_code, refused.json()["type"]) == (409, f"urn:bersinar:problem:{code}")
    assert await office.counts() == before


async def test_an_answer_is_tied_to_no_invitation_and_holds_no_identity(office: Api) -> None:
    campaign = await opened(office)
    tokens = await invited(office, campaign, addressees=["Kesbangpol Kota Depok", "DKUM Kota Depok"])
    await answered(office, tokens[0])
    links = (await office.client.get("/v1/survey-links", params={"campaign_id": campaign})).json()["items"]
    (event,) = [e for e in await office.events() if isinstance(e.data, SurveyAnswered)]
    (review,) = (await office.client.get("/v1/survey-reviews", params={"campaign_id": campaign})).json()["items"]
    said = json.dumps([event.model_dump(mode="json"), review])
    for secret in (*tokens, *(link["id"] for link in links), "Kesbangpol", "DKUM"):
        assert secret not in said
    stored = await _everything(office)
    assert tokens[0] not in stored
    assert tokens[1] not in stored


async def _everything(api: Api) -> str:
    from services.registry.storage import tables

    found = []
    async with api.registry.office.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            found += [str(row) for row in (await connection.execute(table.select())).all()]
    return "\n".join(found)


async def test_an_open_link_takes_answers_up_to_its_cap(office: Api) -> None:
    campaign = await opened(office)
    (token,) = await invited(office, campaign, places=2)
    assert [(await answered(office, token)).status_code for _ in range(3)] == [200, 200, 409]
    assert await handed_out(office, campaign) == []


async def test_sending_twice_with_one_key_counts_once(office: Api) -> None:
    campaign = await opened(office)
    (token,) = await invited(office, campaign, places=5)
    body = {"token": token, "answers": sheet(), "seconds": 240}
    sent = [await office.post("/v1/survey-links/answer", body, idempotency_key="ponsel-1") for _ in range(3)]
    assert [answer.status_code for answer in sent] == [200, 200, 200]
    assert (await office.client.get(f"/v1/campaigns/{campaign}/progress")).json()["answers"] == 1


async def test_what_is_odd_is_shown_and_leaves_the_count_by_a_person_s_hand(office: Api) -> None:
    campaign = await opened(office)
    tokens = await invited(office, campaign, number=3)
    await answered(office, tokens[0])
    await answered(office, tokens[1], seconds=30)
    await answered(office, tokens[2], answers=dict.fromkeys(sheet(), 4))
    asked = {"campaign_id": campaign, "flagged": "true"}
    odd = (await office.client.get("/v1/survey-reviews", params=asked)).json()["items"]
    assert sorted(tuple(answer["flags"]) for answer in odd) == [("straight_line",), ("too_fast", "duplicate")]
    straight = next(answer for answer in odd if answer["flags"] == ["straight_line"])
    why = {"reason": "straight_line", "note": "Semua jawaban sama."}
    out = await office.post(f"/v1/survey-reviews/{straight['id']}/exclude", why)
    assert (out.status_code, out.json()["excluded_reason"]) == (200, "straight_line")
    cell = await _cell(office, campaign)
    assert (cell["answers"], cell["excluded"], cell["flagged"]) == (2, 1, 1)
    twice = await office.post(f"/v1/survey-reviews/{straight['id']}/exclude", why)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:bersinar:problem:already-excluded")
    back = await office.post(f"/v1/survey-reviews/{straight['id']}/readmit", {"note": "Responden dihubungi."})
    assert back.status_code == 200
    assert (await _cell(office, campaign))["answers"] == 3
    (taken,) = [e.data for e in await office.events() if isinstance(e.data, SurveyAnswerExcluded)]
    assert (taken.answers, taken.group, taken.reason) == (straight["answers"], "keluarga", "straight_line")


async def _cell(api: Api, campaign: str, group: str = "keluarga") -> dict[str, Any]:
    cells = (await api.client.get(f"/v1/campaigns/{campaign}/progress")).json()["cells"]
    return next(cell for cell in cells if cell["group"] == group)


async def test_progress_says_where_it_leads_and_reminders_go_to_who_is_silent(office: Api) -> None:
    campaign = await opened(office, quotas={"keluarga": 1, "polres": 2})
    await answered(office, (await invited(office, campaign))[0])
    await office.post(f"/v1/campaigns/{campaign}/links", {"group": "polres", "addressees": ["Polres Contoh"]})
    progress = (await office.client.get(f"/v1/campaigns/{campaign}/progress")).json()
    assert (progress["answers"], progress["quota"], progress["days_left"], progress["outlook"]) == (
        1,
        143,
        35,
        "at_risk",
    )
    assert (await _cell(office, campaign))["outlook"] == "met"
    silent = await _cell(office, campaign, "polres")
    assert (silent["outlook"], silent["waiting"], silent["needed_per_day"]) == ("at_risk", 1, 1)
    stale = await office.post(f"/v1/campaigns/{campaign}/reminders", {}, if_match='"999"')
    assert stale.status_code == 412
    reminded = await office.post(f"/v1/campaigns/{campaign}/reminders", {})
    assert "keluarga" not in reminded.json()["groups"]
    sent = {e.data.group: e.data for e in await office.events() if isinstance(e.data, SurveyReminded)}
    assert (sent["polres"].addressees, sent["polres"].waiting, sent["polres"].quota) == (("Polres Contoh",), 1, 2)
    await office.post(f"/v1/campaigns/{campaign}/close", {})
    over = (await office.client.get(f"/v1/campaigns/{campaign}/progress")).json()
    assert (over["days_left"], over["outlook"]) == (0, "short")
    assert (await _cell(office, campaign, "polres"))["expected"] == 0
    assert (await _cell(office, campaign))["outlook"] == "met"


async def test_the_registry_reminds_by_itself_once_a_week_and_near_the_end(office: Api) -> None:
    await opened(office, quotas={"keluarga": 1})

    async def reminded_on(day: date) -> int:
        set_office(office, today_in=lambda _zone: day)
        return await survey_progress.remind_where_due(office.registry.app.state.office)

    days = [date(2023, 11, 3), date(2023, 11, 8), date(2023, 11, 8), date(2023, 11, 14), date(2023, 11, 15)]
    assert [await reminded_on(day) for day in days] == [0, 9, 0, 0, 9]
    assert [await reminded_on(day) for day in (date(2023, 12, 10), date(2023, 12, 12), date(2023, 12, 13))] == [9, 9, 0]


async def test_a_sheet_of_codes_can_be_printed(office: Api) -> None:
    campaign = await opened(office)
    await invited(office, campaign, addressees=["<b>Lembaga</b> Contoh"])
    page = (await office.client.get(f"/v1/campaigns/{campaign}/links.html")).text
    assert page.count("<svg") == 1
    assert "&lt;b&gt;Lembaga&lt;/b&gt; Contoh" in page
    (token,) = [row["tautan"].partition("#")[2] for row in await handed_out(office, campaign)]
    assert token not in page  # only as a code


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"answers": {"no_such_item": 3}}, "answers", "item-unknown"),
        ({"answers": sheet() | {"pengetahuan_keluarga_1": 5}}, "answers.pengetahuan_keluarga_1", "answer-off-scale"),
        ({"answers": sheet(items=19)}, "answers", "too-few-answers"),
    ],
)
async def test_a_bad_sheet_is_refused_and_the_invitation_stays_good(
    office: Api, change: dict[str, Any], field: str, code: str
) -> None:
    campaign = await opened(office)
    (token,) = await invited(office, campaign)
    refused = await answered(office, token, **change)
    assert (refused.status_code, refused.json()["type"]) == (422, f"urn:bersinar:problem:{code}")
    assert refused.json()["errors"][0]["field"] == field
    assert (await answered(office, token)).status_code == 200


async def test_unknown_withdrawn_early_and_late_invitations_say_what_is_wrong(office: Api) -> None:
    campaign = await office.made("/v1/campaigns", PLAN)
    (token,) = await invited(office, campaign["id"])
    assert (await answered(office, token)).json()["type"].endswith("campaign-not-begun")
    assert (await answered(office, "A" * 22)).status_code == 404
    await step(office, campaign["id"], "open")
    set_office(office, today_in=lambda _zone: date(2023, 12, 16))
    assert (await answered(office, token)).json()["type"].endswith("campaign-over")
    set_office(office, today_in=lambda _zone: TODAY)
    (link,) = (await office.client.get("/v1/survey-links", params={"campaign_id": campaign["id"]})).json()["items"]
    withdrawn = await office.post(f"/v1/survey-links/{link['id']}/withdraw", {})
    assert withdrawn.json()["withdrawn"] is True
    assert (await answered(office, token)).status_code == 404


async def test_one_campaign_for_an_instrument_a_city_and_a_year(office: Api) -> None:
    await office.made("/v1/campaigns", PLAN)
    second = await office.post("/v1/campaigns", PLAN)
    assert (second.status_code, second.json()["type"]) == (409, "urn:bersinar:problem:campaign-exists")


async def test_a_plan_without_scoring_waits_and_loses_nothing(api: Api) -> None:
    refused = await api.post("/v1/campaigns", PLAN)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:bersinar:problem:instrument-unreachable")
    assert (await api.counts())["campaigns"] == 0


async def test_a_dead_line_to_scoring_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="instrument_unreachable"):
        await ScoringQuestionnaires("http://127.0.0.1:9", "x")("kotan-2022")
