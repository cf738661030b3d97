"""Institutions year by year, regulations in force from and until, agents active or not, over both databases."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registry.commands import area_statuses, institutions, regulations
from services.registry.commands.area_statuses import RecordAreaStatus
from services.registry.commands.institutions import RecordInstitution
from services.scoring.commands.fold import Observed
from services.scoring.handlers import STEPS, steps_of
from shared.contracts.registry import AgentRecorded, InstitutionRecorded, RegulationRecorded
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api


async def counted(api: Api, counter: str) -> dict[int, int]:
    """What scoring makes of everything that was said: the counter of every year from 2020 on."""
    changes: dict[int, int] = {}
    for event in await api.events():
        steps: Any = steps_of(event) if event.type in STEPS else ()
        for step in (step for step in steps if isinstance(step, Observed)):
            added = dict(step.evidence.counters).get(counter, 0)
            changes[step.evidence.year] = changes.get(step.evidence.year, 0) + added
    return {year: sum(n for y, n in changes.items() if y <= year) for year in range(2020, 2027)}


async def test_an_institution_has_a_state_for_every_year(api: Api) -> None:
    made = await api.made("/v1/institutions", bodies.institution(village=RATU_JAYA))
    address = f"/v1/institutions/{made['id']}"
    for version, (on, penggiat) in enumerate((("2025-03-01", 9), ("2024-03-01", 4), ("2022-03-01", 1)), start=1):
        body = {"has_policy": True, "penggiat": penggiat, "urine_tests": 0, "on": on}
        answer = await api.client.put(address, json=body, headers={"If-Match": f'"{version}"'})
        assert answer.json()["on"] == "2025-03-01", "the record shows the latest year"
    years = await api.client.get("/v1/institution-years", params={"institution_id": made["id"], "sort": "year"})
    assert [(one["year"], one["penggiat"]) for one in years.json()["items"]] == [
        (2022, 1),
        (2023, 2),
        (2024, 4),
        (2025, 9),
    ]
    assert await counted(api, "institutions.penggiat") == {
        2020: 0, 2021: 0, 2022: 1, 2023: 2, 2024: 4, 2025: 9, 2026: 9
    }  # fmt: skip
    assert set((await counted(api, "institutions.recorded")).values()) == {0, 1}


async def test_some_of_an_institution_is_changed(api: Api) -> None:
    made = await api.made("/v1/institutions", bodies.institution())
    address, match = f"/v1/institutions/{made['id']}", {"If-Match": "*"}

    async def patch(**body: Any) -> tuple[int, dict[str, Any]]:
        answer = await api.client.patch(address, json=body, headers=match)
        return answer.status_code, answer.json()

    assert (await patch(penggiat=3))[1]["errors"][0]["field"] == "on"
    assert (await patch(policy_number="12/2023"))[1]["errors"][0]["field"] == "policy_number"
    assert (await patch(village="53.71.04.1011"))[0] == 422
    assert (await patch())[0] == 422
    status, now = await patch(has_policy=True, policy_number="12/2023", policy_on="2023-04-01", on="2023-04-03")
    assert (status, now["penggiat"], now["has_policy"], now["policy_number"]) == (200, 2, True, "12/2023")
    status, now = await patch(village=PONDOK_JAYA, name="Sekolah Contoh Baru")
    assert (now["village"], now["on"]) == (PONDOK_JAYA, "2023-04-03")
    assert (await patch(village=None))[1]["village"] is None
    said = [event.data for event in await api.events() if isinstance(event.data, InstitutionRecorded)]
    assert [one.village for one in said] == [None, None, PONDOK_JAYA, None]
    assert said[1].previous == said[0].state
    assert "Baru" not in str(said)
    by_village = await api.client.get("/v1/institutions", params={"has_policy": "true"})
    assert len(by_village.json()["items"]) == 1


async def test_a_regulations_dates_count_as_if_they_had_been_right_at_first(api: Api) -> None:
    made = await api.made("/v1/regulations", bodies.regulation(until="2024-06-30", title="Fasilitasi P4GN"))
    assert (made["in_force"], made["since"]) == (False, "2023-05-02")
    address = f"/v1/regulations/{made['id']}"
    assert list((await counted(api, "regulations.in_force")).values()) == [0, 0, 0, 1, 0, 0, 0]
    corrected = await api.client.patch(
        address, json={"since": "2021-02-01", "until": "2025-12-31"}, headers={"If-Match": '"1"'}
    )
    assert corrected.json()["title"] == "Fasilitasi P4GN"
    assert list((await counted(api, "regulations.in_force")).values()) == [0, 1, 1, 1, 1, 1, 0]
    again = await api.client.put(address, json={"in_force": True, "on": "2025-02-01"}, headers={"If-Match": "*"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "on")
    never = await api.client.patch(address, json={"since": None, "until": None}, headers={"If-Match": "*"})
    assert never.json()["in_force"] is False
    assert set((await counted(api, "regulations.in_force")).values()) == {0}
    said = [event.data for event in await api.events() if isinstance(event.data, RegulationRecorded)]
    assert [one.correction for one in said] == [False, False, *[True] * (len(said) - 2)]


async def test_what_comes_out_of_force_by_itself_is_said_when_its_day_has_come(api: Api) -> None:
    await api.made("/v1/regulations", bodies.regulation(kind="tim_terpadu", until="2027-03-31", on="2026-01-05"))
    await api.made("/v1/regulations", bodies.regulation(kind="rad", since="2027-01-01", on="2026-06-01"))
    office = api.registry.office

    async def on(day: date) -> int:
        return await regulations.say_due(replace(office, today_in=lambda _zone: day), "32.76")

    assert await on(date(2026, 12, 31)) == 0
    assert await on(date(2028, 2, 1)) == 2
    assert await on(date(2028, 2, 2)) == 0
    said = [event.data for event in await api.events() if isinstance(event.data, RegulationRecorded)]
    assert [
        (one.kind, one.in_force, one.on.isoformat()) for one in said if one.in_force != one.previously_in_force
    ] == [
        ("tim_terpadu", True, "2026-01-05"),
        ("tim_terpadu", False, "2027-04-01"),
        ("rad", True, "2027-01-01"),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": "2023-01-01"}, "until"),
        ({"in_force": False, "until": "2024-01-01"}, "until"),
        ({"document": "ftp://jdih.contoh.go.id/x"}, "document"),
        ({"title": "Hubungi 0812 3456 7890"}, "title"),
        ({"number": "3201234567890123"}, "number"),
    ],
)
async def test_a_regulation_that_cannot_be_right_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    answer = await api.post("/v1/regulations", bodies.regulation(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await api.events() == []


async def test_an_agent_stops_comes_back_and_is_trained(api: Api) -> None:
    made = await api.made("/v1/agents", bodies.agent(on="2021-02-01"))
    address, match = f"/v1/agents/{made['id']}", {"If-Match": "*"}
    stopped = {"active": False, "on": "2023-12-01", "reason": "moved"}
    answer = (await api.client.put(address, json=stopped, headers=match)).json()
    assert (answer["active"], answer["until"], answer["reason"]) == (False, "2023-11-30", "moved")
    back = (await api.client.put(address, json={"active": True, "on": "2025-01-10"}, headers=match)).json()
    assert (back["active"], back["since"], back["until"], back["reason"]) == (True, "2025-01-10", None, None)
    assert list((await counted(api, "agents.recovery")).values()) == [0, 1, 1, 0, 0, 1, 1]
    overlap = await api.client.patch(address, json={"since": "2023-11-30"}, headers=match)
    assert overlap.json()["errors"][0]["field"] == "since"
    assert (await api.client.patch(address, json={"since": "2024-02-01"}, headers=match)).status_code == 200
    assert list((await counted(api, "agents.recovery")).values()) == [0, 1, 1, 0, 1, 1, 1]
    training = {"what": "konseling dasar", "on": "2024-03-14"}
    trained = await api.post(f"{address}/trainings", training)
    assert trained.json()["trainings"] == [training]
    assert (await api.post(f"{address}/trainings", training)).status_code == 409
    said = [event.data for event in await api.events() if isinstance(event.data, AgentRecorded)]
    assert [one.reason for one in said] == [None, "moved", None, None, None]


async def test_many_institutions_come_at_once_and_again(api: Api) -> None:
    office = api.registry.office
    named = [bodies.institution(name=f"Sekolah Contoh {n}", penggiat=n) for n in range(500)]
    again = [bodies.institution(name="SEKOLAH CONTOH 7", penggiat=70, on="2024-02-10"), named[3]]
    async with office.journal.writing() as unit:
        done = await institutions.record_many(unit, office, [RecordInstitution(**body) for body in [*named, again[0]]])
    assert len({one.view.model_dump()["id"] for one in done}) == 500
    async with office.journal.writing() as unit:
        await institutions.record_many(unit, office, [RecordInstitution(**body) for body in again])
    assert (await api.counts())["institutions"] == 500
    counts = await counted(api, "institutions.penggiat")
    assert (counts[2023], counts[2024]) == (sum(range(500)), sum(range(500)) + 63)


async def test_many_statuses_come_at_once_and_again(api: Api) -> None:
    office = api.registry.office
    years = ((2022, "bahaya"), (2024, "siaga"), (2023, "waspada"), (2024, "aman"))
    commands = [
        RecordAreaStatus(village=village, year=year, status=status, method="8+5", on=date(year, 11, 5))  # type: ignore[arg-type]
        for village in (PONDOK_JAYA, RATU_JAYA)
        for year, status in years
    ]
    async with office.journal.writing() as unit:
        done = await area_statuses.record_many(unit, office, commands)
    assert [one.version for one in done] == [1, 1, 1, 2] * 2
    said = len(await api.events())
    async with office.journal.writing() as unit:
        again = await area_statuses.record_many(unit, office, commands[-1:] + commands[:1])
    assert [one.events for one in again] == [(), ()]
    assert len(await api.events()) == said
    listed = (await api.client.get("/v1/area-statuses", params={"village": RATU_JAYA})).json()["items"]
    assert [(one["year"], one["status"]) for one in listed] == [(2022, "bahaya"), (2023, "waspada"), (2024, "aman")]
    assert await counted(api, "areas.level") == {2020: 0, 2021: 0, 2022: 2, 2023: 6, 2024: 14, 2025: 14, 2026: 14}
