"""No name, NIK, phone or address leaves the registry readable: canaries are planted, then everything is searched."""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.faults.office import Office, all_events, settled
from tests.support.node import Node

NAME, SECOND_NAME = "Kenari Uji Zirkonia", "Merpati Uji Obsidian"
NIK, WRONG_NIK = "9999770000001234", "99997700000012345678"
MAIL = "kenari-zirkonia@example.test"
CANARIES = [NAME, SECOND_NAME, NAME.split()[-1], SECOND_NAME.split()[-1], NIK, WRONG_NIK, MAIL, MAIL.split("@")[0]]

JSON = {"Content-Type": "application/json"}

PERSON = {
    "name": NAME,
    "nik": NIK,
    "village": "32.76.07.1003",
    "group": "former_user",
    "sex": "male",
    "age_band": "25_34",
    "on": "2023-03-01",
    "synthetic": True,
}


@pytest.fixture
def worked_in(seeded: Callable[..., Node]) -> Node:
    """A node in which canaries have gone through every door, rightly and wrongly."""
    node = seeded()
    node.start()
    with node.client("registry") as client:
        registered = client.post("/v1/participants", json=PERSON, headers={"Idempotency-Key": "canary"})
        assert registered.status_code == 201, registered.text
        path, tag = f"/v1/participants/{registered.json()['id']}", registered.headers["ETag"]
        refused = [
            client.post("/v1/participants", json=PERSON),
            client.post("/v1/participants", json={**PERSON, "nik": WRONG_NIK}),
            client.post("/v1/participants", json={**PERSON, "nik": NIK, "village": NAME}),
            client.post("/v1/participants", json={**PERSON, "age_band": NAME}),
            client.post("/v1/participants", json={**PERSON, NAME: NIK}),
            client.post("/v1/participants", content=f'{{"name": "{NAME}", "nik"'.encode(), headers=JSON),
            client.post("/v1/participants", json=NAME),
        ]  # fmt: skip
        corrected = client.patch(path, json={"name": SECOND_NAME}, headers={"If-Match": tag})
        assert corrected.status_code == 200, corrected.text
        answers = [registered, corrected, client.get(path), client.get("/v1/participants"), *refused]
    assert all(400 <= answer.status_code < 500 for answer in refused)
    with node.client("notifications") as client:
        body = {"organisation": "Kantor Contoh", "language": "id", "region": "32.76", "rules": ["band_changed"],
                "channels": ["inbox", "email"], "email": MAIL}  # fmt: skip
        subscribed = client.post("/v1/subscriptions", json=body)
        assert subscribed.status_code == 201, subscribed.text
        answers += [subscribed, client.get("/v1/subscriptions"), client.get("/v1/deliveries")]
    for answer in answers:
        shown = answer.text + str(dict(answer.headers))
        assert not [canary for canary in CANARIES if canary in shown], f"{answer.request.url} shows a canary"
    Office(node).round(0)
    settled(node)
    return node


def test_no_canary_is_readable_anywhere(worked_in: Node) -> None:
    node = worked_in
    heard = {
        f"{service} {path}": _get(node, service, path)
        for service in ("registry", "scoring", "notifications", "dashboard")
        for path in ("/metrics", "/streams", "/parked")
    }
    heard |= {"alerts": _get(node, "notifications", "/v1/inbox"), "city": _get(node, "dashboard", "/v1/cities/32.76")}
    heard |= {f"journal {s}": str(all_events(node, s)) for s in ("registry", "scoring", "notifications")}
    heard |= {"redis": _redis_dump(node.redis_url)}
    node.stop()
    files = {str(path.relative_to(node.data_dir)): path.read_bytes() for path in _files(node.data_dir)}
    assert any(name.endswith("registry.db") for name in files)
    assert any(name.endswith("registry.log") for name in files)
    assert any("valkey" in name for name in files)
    for canary in CANARIES:
        found = [where for where, text in heard.items() if canary in text]
        found += [where for where, content in files.items() if canary.encode() in content]
        assert not found, f"a canary can be read in {found}"


def test_the_search_would_find_a_canary(worked_in: Node) -> None:
    """The search itself works: what is planted in the clear is found in the files and in Redis."""
    node = worked_in
    with redis.Redis.from_url(node.redis_url) as client:
        client.xadd("planted", {"event": NAME})
    (node.data_dir / "logs" / "planted.log").write_text(NIK)
    assert NAME in _redis_dump(node.redis_url)
    assert any(NIK.encode() in path.read_bytes() for path in _files(node.data_dir))


def _get(node: Node, service: str, path: str) -> str:
    with node.client(service) as client:  # type: ignore[arg-type]
        return client.get(path).text


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _redis_dump(url: str) -> str:
    """Every key with all it holds."""
    found: list[str] = []
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            kind = client.type(key)
            found.append(str(key))
            if kind == b"stream":
                found += [str(entry) for entry in client.xrange(key)]
            elif kind == b"hash":
                found.append(str(client.hgetall(key)))
            elif kind == b"string":
                found.append(str(client.get(key)))
            else:
                raise AssertionError(f"{key!r} is a {kind!r}: search it too")
    return "\n".join(found)
