"""What is mapped of a village, its designations and its three pillars, over both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from services.registry.storage import tables
from shared.contracts.registry import BersinarDesignated, PillarRecorded, PotentialMapped
from tests.integration.registry.bodies import designation, pillar, potential
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api


async def test_a_potential_is_mapped_mapped_again_and_taken_off(api: Api) -> None:
    made = await api.made("/v1/potentials", potential(note="Dua penjahit punya mesin sendiri"))
    address = f"/v1/potentials/{made['id']}"
    again = await api.post("/v1/potentials", potential(amount=3))
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "what")
    stale = await api.client.patch(address, json={"mapped_by": "BNNK Depok", "on": "2023-08-08"})
    assert stale.status_code == 428
    match = {"If-Match": '"1"'}
    changed = await api.client.patch(
        address, json={"amount": 20, "mapped_by": "Kelurahan", "on": "2023-08-08"}, headers=match
    )
    assert (changed.json()["amount"], changed.json()["note"]) == (20, made["note"])
    off = await api.client.patch(
        address, json={"standing": False, "mapped_by": "Kelurahan", "on": "2024-01-08"}, headers={"If-Match": '"2"'}
    )
    assert off.json()["standing"] is False
    told = [event.data for event in await api.events() if isinstance(event.data, PotentialMapped)]
    assert [(said.amount, said.standing) for said in told] == [(14, True), (20, True), (20, False)]
    assert "note" not in PotentialMapped.model_fields
    assert (await api.client.get("/v1/potentials", params={"standing": "true"})).json()["items"] == []
    assert len((await api.client.get("/v1/potentials", params={"what": "menjahit"})).json()["items"]) == 1


async def test_kinds_of_potential_are_data(api: Api) -> None:
    refused = await api.post("/v1/potentials", potential(kind="pasar"))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "kind")
    kind = {"code": "pasar", "name_id": "Pasar", "name_en": "Market"}
    await api.made("/v1/potential-kinds", kind)
    assert (await api.post("/v1/potential-kinds", kind)).status_code == 409
    await api.made("/v1/potentials", potential(kind="pasar", what="pasar minggu"))
    listed = (await api.client.get("/v1/potential-kinds")).json()["items"]
    assert [entry["code"] for entry in listed] == ["aset", "keterampilan", "pasar", "sektor"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"note": "hubungi 0812 3456 7890"}, "note"), ({"village": "53.71.04.1011"}, "village"), ({"what": "X"}, "what")],
)
async def test_a_potential_that_cannot_be_right_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    before = await api.counts()
    answer = await api.post("/v1/potentials", potential(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await api.counts() == before


async def test_a_designation_stands_until_it_is_revoked(api: Api) -> None:
    address = f"/v1/designations/{RATU_JAYA}/2023"
    link = "https://jdih.contoh.go.id/sk-3-2023.pdf"
    made = await api.client.put(address, json=designation(document=link))
    assert (made.status_code, made.headers["Location"], made.json()["document"]) == (201, address, link)
    assert (await api.client.put(address, json=designation())).status_code == 428
    revoked = designation(revoked_on="2023-09-01")
    assert (await api.client.put(address, json=revoked, headers={"If-Match": '"1"'})).status_code == 200
    stale = await api.client.put(address, json=designation(), headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert (await api.client.put(address, json=designation(), headers={"If-Match": '"2"'})).status_code == 200
    told = [event.data for event in await api.events() if isinstance(event.data, BersinarDesignated)]
    stands = [(said.previously_standing, said.standing) for said in told]
    assert stands == [(False, True), (True, False), (False, True)]
    assert link not in str(told)
    await api.client.put(f"/v1/designations/{PONDOK_JAYA}/2023", json=designation(revoked_on="2023-03-01"))
    standing = await api.client.get("/v1/designations", params={"year": 2023, "standing": "true"})
    assert [entry["village"] for entry in standing.json()["items"]] == [RATU_JAYA]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"document": "http://jdih.contoh.go.id/x.pdf"}, "document"),
        ({"document": "https://user:word@jdih.contoh.go.id/x.pdf"}, "document"),
        ({"document": "https://localhost/x.pdf"}, "document"),
        ({"document": "javascript:alert(1)"}, "document"),
        ({"document": "https://jdih.contoh.go.id:99999/x.pdf"}, "document"),
        ({"decree_number": "SK 0812-3456-7890"}, "decree_number"),
        ({"revoked_on": "2023-02-01"}, "revoked_on"),
        ({"decree_on": "2999-01-01"}, "decree_on"),
    ],
)
async def test_a_designation_that_cannot_be_right_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    answer = await api.client.put(f"/v1/designations/{RATU_JAYA}/2023", json=designation(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await api.events() == []


async def test_a_post_has_one_holder_at_a_time(api: Api) -> None:
    first = await api.made("/v1/pillars", pillar())
    assert (await api.post("/v1/pillars", pillar(since="2023-08-01"))).status_code == 409
    address = f"/v1/pillars/{first['id']}"
    early = await api.post(f"{address}/end", {"until": "2022-01-01"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "until")
    ended = await api.post(f"{address}/end", {"until": "2023-07-31"})
    assert (ended.json()["active"], ended.json()["until"]) == (False, "2023-07-31")
    assert (await api.post(f"{address}/end", {"until": "2023-08-01"})).status_code == 409
    await api.made("/v1/pillars", pillar(since="2023-08-01"))
    await api.made("/v1/pillars", pillar(role="lurah"))
    head = await api.post("/v1/pillars", pillar(role="kepala_desa"))
    assert (head.status_code, head.json()["errors"][0]["field"]) == (409, "role")
    active = await api.client.get("/v1/pillars", params={"village": RATU_JAYA, "active": "true"})
    assert [entry["role"] for entry in active.json()["items"]] == ["babinsa", "lurah"]
    told = [event.data for event in await api.events() if isinstance(event.data, PillarRecorded)]
    assert [(said.role, said.previously_active, said.active) for said in told] == [
        ("babinsa", False, True),
        ("babinsa", True, False),
        ("babinsa", False, True),
        ("lurah", False, True),
    ]


async def test_a_holders_name_is_sealed_and_said_nowhere(api: Api) -> None:
    answer = await api.post("/v1/pillars", pillar(name="Pejabat Contoh 01"))
    made = answer.json()
    assert made["named"] is True
    patched = await api.client.patch(
        f"/v1/pillars/{made['id']}",
        json={"name": "Pejabat Contoh 02", "since": "2022-09-01"},
        headers={"If-Match": "*"},
    )
    assert patched.json()["since"] == "2022-09-01"
    events = [event.model_dump_json() for event in await api.events()]
    assert len(events) == 2
    assert "Contoh" not in " ".join([answer.text, patched.text, *events])
    async with api.registry.office.database.read() as connection:
        blob = (await connection.execute(select(tables.pillars.c.name_sealed))).scalar_one()
    assert b"Contoh" not in blob
    assert api.registry.office.keyring.decrypt(blob, f"pillar/{made['id']}/name") == "Pejabat Contoh 02"
