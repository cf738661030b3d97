"""kill -9 again and again while a registry takes a file in: everybody is in once, as after an undisturbed run."""

import random
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.faults.office import all_events
from tests.support.node import Node

ROWS, TWICE, KILLS = 2_600, 1_250, 3
EXPECTED = {
    "state": "done",
    "rows_total": ROWS,
    "rows_done": ROWS,
    "rows_written": ROWS - 500,
    "rows_unchanged": 0,
    "rows_refused": 1,
    "rows_held": 499,
    "findings": 1,
}
"""One row stands in the file twice: its chunk of 500 waits for an answer, all others are in."""
POINTS = ("import.before_chunk", "import.in_chunk")
IMPORTS = "/v1/imports"


def file() -> bytes:
    """People of whom one stands in the file twice, word for word."""
    lines = [
        f"Peserta Contoh {number};9999{number:012};{'PL'[number % 2]};25-34;Warga rentan;32.76.07.1003;06/03/2023;Ya"
        for number in range(ROWS)
    ]
    lines[TWICE + 400] = lines[TWICE]
    headings = "Nama;NIK;Jenis kelamin;Umur;Kelompok sasaran;Kelurahan;Tanggal daftar;Data contoh"
    return "\n".join([headings, *lines]).encode()


def imported(node: Node, kill: Callable[[], None]) -> dict[str, Any]:
    """Takes the file in; ``kill`` is called once it is under way, and may be as rude as it likes."""
    with node.client("registry", timeout=20) as client:
        made = client.post(
            IMPORTS, params={"kind": "participants"}, content=file(), headers={"Content-Type": "text/csv"}
        ).json()
        client.post(f"{IMPORTS}/{made['id']}/run")
        kill()
        deadline = time.monotonic() + 60
        while True:
            try:
                shown: dict[str, Any] = client.get(f"{IMPORTS}/{made['id']}").json()
            except httpx.TransportError:
                shown = {"state": "away"}
            if shown["state"] in ("done", "failed"):
                return shown
            assert time.monotonic() < deadline, shown
            time.sleep(0.05)


def events(node: Node, expected: int) -> list[dict[str, Any]]:
    """Everybody the journal says was registered, once the publisher has come as far as that."""
    deadline = time.monotonic() + 30
    while True:
        said = [e for e in all_events(node, "registry") if e["type"].endswith("participant.registered.v1")]
        if len(said) >= expected or time.monotonic() > deadline:
            return said
        time.sleep(0.1)


def listed(node: Node) -> set[str]:
    """The ids of everybody in the registry."""
    found, cursor = set[str](), dict[str, str]()
    with node.client("registry", timeout=20) as client:
        while True:
            page = client.get("/v1/participants", params={"limit": 200, **cursor}).json()
            found |= {one["id"] for one in page["items"]}
            if not page["next_cursor"]:
                return found
            cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_an_import_killed_again_and_again_ends_as_an_undisturbed_one(
    seeded: Callable[..., Node], postgres: bool
) -> None:
    node, where = seeded(postgres=postgres), random.Random(32_76)

    def kill() -> None:
        for _ in range(KILLS):
            node.kill("registry")
            point = f"{where.choice(POINTS)}:{where.randint(1, 2)}"
            node.start("registry", wait=False, environment={"BERSINAR_CRASH_AT": point})
            assert node.wait_dead("registry") == -9
        node.start("registry")

    node.start("registry")
    shown = imported(node, kill)
    counts = {name: value for name, value in shown.items() if name.startswith("rows_") or name in ("state", "findings")}
    assert counts == EXPECTED
    said = events(node, EXPECTED["rows_written"])
    assert len({e["data"]["participant_id"] for e in said}) == len(said) == EXPECTED["rows_written"]
    assert listed(node) >= {e["data"]["participant_id"] for e in said}
