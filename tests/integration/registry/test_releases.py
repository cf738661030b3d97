"""A village's label is for its officers until a person releases it; names are shown to whoever says why."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.registry.commands import area_statuses, institutions, releases
from services.registry.commands.area_statuses import RecordAreaStatus
from services.registry.commands.institutions import RecordInstitution
from services.registry.commands.office import Office
from services.registry.commands.releases import Release
from services.registry.domain.refusal import Refusal
from services.registry.storage import scope, tables
from shared.access import Actor, Grant
from shared.contracts.registry import AreaStatusRecorded, AreaStatusReleased
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

HEAD = Actor("head-1", (Grant("office_head", "32.76"),))
WHY = Release(reason="Diumumkan lurah dalam rembuk warga")
PUBLIC = "/v1/released-area-statuses"


def status(**changes: Any) -> dict[str, Any]:
    """A status of 2024."""
    return {"status": "siaga", "method": "IKRN", "on": "2024-11-18", "synthetic": True} | changes


async def release(office: Office, *, withheld: bool = False, village: str = RATU_JAYA) -> int:
    """Releases or withholds the status of 2024; the number of events said."""
    async with office.journal.writing() as unit:
        done = await (releases.withhold if withheld else releases.release)(unit, office, village, 2024, WHY, None)
    return len(done.events)


async def public(api: Api) -> list[tuple[str, str]]:
    """What everybody may see."""
    return [(one["village"], one["status"]) for one in (await api.client.get(PUBLIC)).json()["items"]]


async def test_only_a_person_on_record_releases_a_status(api: Api) -> None:
    address = f"/v1/area-statuses/{RATU_JAYA}/2024"
    made = await api.client.put(address, json=status())
    assert (made.json()["released"], made.json()["released_by"]) == (False, None)
    refused = await api.post(f"{address}/release", {"reason": "Diumumkan lurah"})
    assert (refused.status_code, await public(api)) == (403, [])
    head = replace(api.registry.office, actor=HEAD)
    assert (await release(head), await release(head)) == (1, 0)
    shown = (await api.client.get(address)).json()
    assert (shown["released"], shown["released_by"]) == (True, "head-1")
    assert await public(api) == [(RATU_JAYA, "siaga")]
    listed = (await api.client.get(PUBLIC)).json()["items"][0]
    assert "released_by" not in listed
    async with head.database.read() as connection:
        entry = (await connection.execute(select(tables.audit_log))).mappings().all()[-1]
    assert (entry["actor"], entry["action"], entry["reason"]) == ("head-1", "area_status.released", WHY.reason)
    elsewhere = replace(head, actor=Actor("head-2", (Grant("office_head", "53.71"),)))
    with pytest.raises(Refusal):
        await release(elsewhere, withheld=True)
    assert (await release(head, withheld=True), await public(api)) == (1, [])


async def test_a_corrected_label_is_not_released_any_more(api: Api) -> None:
    office, address = api.registry.office, f"/v1/area-statuses/{RATU_JAYA}/2024"
    await api.client.put(address, json=status())
    await release(replace(office, actor=HEAD))
    same = await api.client.put(address, json=status(on="2024-11-20"), headers={"If-Match": "*"})
    assert same.json()["released"] is True
    other = await api.client.put(address, json=status(status="bahaya"), headers={"If-Match": "*"})
    assert (other.json()["released"], await public(api)) == (False, [])
    await release(replace(office, actor=HEAD))
    row = RecordAreaStatus.model_validate(status(status="aman") | {"village": RATU_JAYA, "year": 2024})
    async with office.journal.writing() as unit:
        await area_statuses.record_many(unit, office, [row])
    assert await public(api) == []
    events = [event for event in await api.events() if isinstance(event.data, AreaStatusReleased)]
    assert [event.data.model_dump()["released"] for event in events] == [True, False, True, False]
    causes = [event.id for event in await api.events() if isinstance(event.data, AreaStatusRecorded)]
    assert events[1].causationid == causes[2]


async def test_a_holders_name_is_shown_to_whoever_says_why(api: Api) -> None:
    made = await api.made("/v1/pillars", bodies.pillar(name="Pejabat Contoh 01"))
    address = f"/v1/pillars/{made['id']}/reveal"
    assert (await api.post(address, {"reason": ""})).status_code == 422
    shown = await api.post(address, {"reason": "Undangan rembuk warga"})
    assert shown.json()["name"] == "Pejabat Contoh 01"
    async with api.registry.office.database.read() as connection:
        entries = (await connection.execute(select(tables.audit_log))).mappings().all()
    assert [(e["action"], e["subject"]) for e in entries] == [("pillar.revealed", made["id"])]
    assert "Pejabat" not in str(entries)


async def test_an_institution_without_a_village_belongs_to_its_city(api: Api) -> None:
    office = api.registry.office
    async with office.journal.writing() as unit:
        for name, village in (("Kota", None), ("Ratu Jaya", RATU_JAYA), ("Pondok Jaya", PONDOK_JAYA)):
            command = RecordInstitution.model_validate(bodies.institution(name=name, village=village))
            await institutions.record(unit, office, command)
    seen = {}
    for place in (RATU_JAYA, "32.76", "53.71"):
        actor = Actor("a", (Grant("p2m_officer", place),))
        async with office.database.read() as connection:
            rows = await connection.execute(scope.within(actor, select(tables.institutions), tables.institutions))
            found = rows.mappings().all()
            every = (await connection.execute(select(tables.institutions))).mappings().all()
        seen[place] = sorted(row["name"] for row in found)
        reached = sorted(row["name"] for row in every if scope.reaches(actor, tables.institutions, row))
        assert reached == seen[place]
    assert seen == {RATU_JAYA: ["Kota", "Ratu Jaya"], "32.76": ["Kota", "Pondok Jaya", "Ratu Jaya"], "53.71": []}
