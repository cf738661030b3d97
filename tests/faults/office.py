"""An office at work over HTTP: the same entries every time, each sent until it is answered."""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx

from services.scoring.instrument import load_catalogue
from tests.support.node import Node

GROUPS = (
    "kejaksaan",
    "pengadilan",
    "polres",
    "koramil",
    "pemda",
    "pendidikan",
    "dunia_usaha",
    "keluarga",
    "masyarakat",
)
RATU_JAYA, PONDOK_JAYA = "32.76.07.1003", "32.76.07.1005"
ANSWER_SECONDS = 40.0
SETTLE_SECONDS = 60.0


@cache
def items() -> list[str]:
    """The items of the questionnaire in force."""
    instrument = load_catalogue().of_year(2023).plain
    return [item for v in instrument.variables for i in v.survey for item in i.items]


class Office:
    """Sends entries with an Idempotency-Key, again and again while the registry is away."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.client = node.client("registry", timeout=10)
        self.sent = 0

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The registry's answer, however often it died on the way to it."""
        self.sent += 1
        key = f"entry-{self.sent}"
        return self._answered(lambda: self.client.post(path, json=body, headers={"Idempotency-Key": key}))

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """What the registry shows."""
        return self._answered(lambda: self.client.get(path, params=query))

    def _answered(self, ask: Callable[[], httpx.Response]) -> dict[str, Any]:
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                answer = ask()
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the registry did not come back"
                time.sleep(0.05)
                continue
            assert answer.status_code < 300, answer.text
            found: dict[str, Any] = answer.json()
            return found

    def round(self, number: int) -> None:
        """One person's way, from registration to a first visit, and one survey answer of each group."""
        village = (RATU_JAYA, PONDOK_JAYA)[number % 2]
        person = self.post(
            "/v1/participants",
            {
                "name": f"Peserta Contoh {number}",
                "nik": f"9999{number:012d}",
                "village": village,
                "group": "family",
                "sex": "female",
                "age_band": "25_34",
                "on": "2023-03-01",
                "synthetic": True,
            },
        )
        business = self.post(
            "/v1/businesses",
            {
                "participant_id": person["id"],
                "sector": "lele",
                "village": village,
                "on": "2023-04-03",
                "synthetic": True,
            },
        )
        visits = self.get("/v1/follow-ups", business_id=business["id"])["items"]
        due = min((v for v in visits if v["business_id"] == business["id"]), key=lambda v: v["months"])
        self.post(
            f"/v1/follow-ups/{due['id']}/visit",
            {"status": "active", "workers": 1 + number % 3, "on": "2023-05-03"},
        )
        self.answers([(group, 1 + (number + place) % 4) for place, group in enumerate(GROUPS)])

    def answers(self, wanted: list[tuple[str, int]]) -> None:
        """Many questionnaires in one request, as a spreadsheet of them would come."""
        questions = items()
        self.post(
            "/v1/survey-answers/batch",
            {
                "items": [
                    {
                        "region": "32.76",
                        "instrument": "kotan-2022",
                        "year": 2023,
                        "group": group,
                        "answers": dict.fromkeys(questions, level),
                        "on": "2023-11-20",
                        "synthetic": True,
                    }
                    for group, level in wanted
                ]
            },
        )


def settled(node: Node) -> None:
    """Waits until every follower of the node has applied all that its producers have said."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        behind = _behind(node)
        if not behind:
            return
        assert time.monotonic() < deadline, f"not settled: {behind}"
        time.sleep(0.1)


def _behind(node: Node) -> list[str]:
    heads: dict[str, int] = {}
    positions: list[tuple[str, str, int]] = []
    for service in ("registry", "scoring", "notifications", "dashboard"):
        try:
            with node.client(service, timeout=5) as client:
                found = client.get("/streams").json()
        except (httpx.HTTPError, ValueError):
            return [f"{service} does not answer"]
        if found["journal"]:
            heads[found["journal"]["stream"]] = found["journal"]["sequence"]
        positions += [(service, f["stream"], f["sequence"]) for f in found["followers"]]
    return [f"{who} at {at} of {heads[stream]} in {stream}" for who, stream, at in positions if at != heads[stream]]


def digests(node: Node) -> dict[tuple[str, int], str]:
    """(region, year) -> digest of the state scoring has folded."""
    with node.client("scoring") as client:
        return {(d["region"], d["year"]): d["sha256"] for d in client.get("/v1/digest").json()["items"]}


def all_events(node: Node, service: Any) -> list[dict[str, Any]]:
    """A journal from its beginning, over HTTP, checked to be contiguous."""
    found: list[dict[str, Any]] = []
    with node.client(service, timeout=10) as client:
        while True:
            page = client.get(f"/journal/3276.{service}", params={"after": len(found), "limit": 1000}).content
            lines = [json.loads(line) for line in page.split(b"\n") if line]
            if not lines:
                break
            found += lines
    assert [int(event["sequence"]) for event in found] == list(range(1, len(found) + 1))
    assert len({event["id"] for event in found}) == len(found)
    return found
