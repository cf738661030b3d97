"""The API of subscriptions."""

import pytest

from tests.integration.notifications.events import ADDRESS, said, wish

URL = "/v1/subscriptions"


async def test_a_subscription_lives_and_its_address_is_never_shown(api, service):
    created = await api.post(URL, json=wish())
    assert created.status_code == 201
    assert created.headers["ETag"] == '"1"'
    one = created.json()
    assert one["has_email"] is True
    assert one["region_name"] == "Kota Depok"
    location = created.headers["Location"]

    changed = await api.put(
        location, json=wish(language="en", email=None, channels=["inbox"]), headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json()["language"], changed.json()["has_email"]) == ("en", False)

    listed = await api.get(URL)
    assert [item["id"] for item in listed.json()["items"]] == [one["id"]]
    assert (await api.delete(location, headers={"If-Match": '"2"'})).status_code == 204
    gone = await api.get(location)
    assert gone.status_code == 404
    assert gone.headers["content-type"] == "application/problem+json"
    for answer in (created, changed, listed):
        assert ADDRESS not in answer.text
    assert await said(service) == []


async def test_a_put_without_the_address_keeps_it(api):
    location = (await api.post(URL, json=wish())).headers["Location"]
    body = wish(language="en")
    del body["email"]
    changed = await api.put(location, json=body, headers={"If-Match": '"1"'})
    assert changed.json()["has_email"] is True


async def test_a_stale_or_missing_version_changes_nothing(api):
    location = (await api.post(URL, json=wish())).headers["Location"]
    missing = await api.put(location, json=wish(language="en"))
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (428, "If-Match")
    for tag in ('"2"', "other", '"²"'.encode()):
        stale = await api.put(location, json=wish(language="en"), headers={"If-Match": tag})
        assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
        kept = await api.delete(location, headers={"If-Match": tag})
        assert (kept.status_code, kept.headers["ETag"]) == (412, '"1"')
    assert (await api.get(location)).json()["language"] == "id"


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"region": "99.99"}, "region", 422),
        ({"region": "depok"}, "region", 422),
        ({"rules": []}, "rules", 422),
        ({"rules": ["gossip"]}, "rules.0", 422),
        ({"channels": ["pigeon"]}, "channels.0", 422),
        ({"email": None}, "email", 422),
        ({"email": "kanari"}, "email", 422),
        ({"email": "kanari@example.test\r\nBcc: x@example.test"}, "email", 422),
        ({"organisation": " "}, "organisation", 422),
        ({"organisation": "DKUM\nBcc: x"}, "organisation", 422),
        ({"phone": "0812"}, "phone", 422),
    ],
)
async def test_bad_input_names_the_field_and_changes_nothing(api, changes, field, status):
    refused = await api.post(URL, json=wish(**changes))
    assert refused.status_code == status
    assert refused.json()["errors"][0]["field"] == field
    assert "kanari" not in refused.text
    assert (await api.get(URL)).json()["items"] == []


async def test_an_organisation_subscribes_to_a_region_once(api):
    await api.post(URL, json=wish())
    again = await api.post(URL, json=wish())
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "organisation")
    other = await api.post(URL, json=wish("Kesbangpol Kota Depok"))
    clash = await api.put(other.headers["Location"], json=wish(), headers={"If-Match": '"1"'})
    assert clash.status_code == 409


async def test_pages_follow_each_other(api):
    names = [f"Kantor {n}" for n in range(5)]
    for name in names:
        await api.post(URL, json=wish(name))
    found, cursor = [], None
    while True:
        page = (await api.get(URL, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        found += [item["organisation"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names


async def test_the_token_is_wanted(api):
    assert (await api.get(URL, headers={"Authorization": "Bearer no"})).status_code == 401
