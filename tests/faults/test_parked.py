"""An event that can't be applied is set aside, somebody is told, the rest flows; after the fix it is applied."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.processes import ROOT
from services.scoring.instrument import INSTRUMENTS_DIR
from tests.faults.office import Office, all_events, digests, items, settled
from tests.support.node import Node

NEW_ITEM = "pengetahuan_keluarga_baru"
ITEM_BEFORE = "          - key: pengetahuan_keluarga_1\n"
ITEM = f"""          - key: {NEW_ITEM}
            mark: P
            source: placeholder
            text:
              id: "Pernyataan yang ditambahkan kemudian."
              en: "A statement that was added later."
"""


def answer(**more: int) -> dict[str, object]:
    """A questionnaire; ``more`` are items this version of the instrument may not know."""
    return {
        "region": "32.76",
        "instrument": "kotan-2022",
        "year": 2023,
        "group": "polres",
        "answers": dict.fromkeys(items(), 3) | more,
        "on": "2023-11-21",
        "synthetic": True,
    }


def command(node: Node, *arguments: str) -> str:
    """What ``bersinar`` prints about this node."""
    environment = {**os.environ, "BERSINAR_DATA_DIR": str(node.data_dir), "BERSINAR_PORT": str(node.plan.base_port)}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_event_from_a_newer_questionnaire_waits_until_scoring_knows_it(
    seeded: Callable[..., Node], tmp_path: Path
) -> None:
    node = seeded()
    node.start()
    office = Office(node)
    office.round(0)
    settled(node)
    before = digests(node)

    office.post("/v1/survey-answers", answer(**{NEW_ITEM: 4}))
    settled(node)
    assert digests(node) == before, "what can't be applied must change nothing"
    assert "3276.registry" in command(node, "parked", "list")
    told = wait_for_alert(node)
    assert told["data"]["recipient"], "nobody was told that an event was set aside"
    office.round(1)
    settled(node)
    flowed = digests(node)
    assert flowed != before, "the rest must flow"

    instruments = tmp_path / "instruments"
    instruments.mkdir()
    for path in INSTRUMENTS_DIR.glob("*.yaml"):
        (instruments / path.name).write_text(path.read_text().replace(ITEM_BEFORE, ITEM + ITEM_BEFORE, 1))
    node.stop("scoring")
    node.start("scoring", environment={"BERSINAR_INSTRUMENTS_DIR": str(instruments)})
    command(node, "parked", "replay")
    assert digests(node) != flowed
    with node.client("scoring") as client:
        assert client.get("/parked").json()["items"] == []
    assert "3276.registry" not in command(node, "parked", "list")


def wait_for_alert(node: Node, seconds: float = 20.0) -> dict:  # type: ignore[type-arg]
    """The alert about the parked event; notifications hears of it over the stream of scoring."""
    deadline = time.monotonic() + seconds
    while True:
        found = [e for e in all_events(node, "notifications") if e["data"].get("rule") == "event_parked"]
        if found:
            return dict(found[0])
        assert time.monotonic() < deadline, "no alert about the parked event"
        time.sleep(0.2)
