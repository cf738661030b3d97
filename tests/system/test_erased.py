"""After an erasure nothing holds the person: every file and stream is searched, also after backups were put back."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from deploy.processes import ROOT
from tests.support.node import Node
from tests.system.test_privacy import _redis_dump

NAME, NIK, PHONE, STREET = "Kenari Uji Zirkonia", "9999770000001234", "081277001234", "Jalan Obsidian"
LOOK = {"purpose": "rights", "reason": "To see whether it is there"}
STARTING_SECONDS = 150.0
SEARCHED = [NAME, "Zirkonia", NIK, PHONE, "Obsidian", "1991-02-03"]
PERSON = {
    "name": NAME,
    "nik": NIK,
    "phone": PHONE,
    "address": STREET,
    "birth_date": "1991-02-03",
    "village": "32.76.07.1003",
    "group": "former_user",
    "sex": "male",
    "on": "2023-03-01",
    "consents": [{"purpose": "programme", "given_by": "self", "on": "2023-03-01"}],
}


def test_an_erased_person_is_readable_nowhere_and_no_backup_brings_them_back(
    seeded: Callable[..., Node], tmp_path: Path
) -> None:
    node = seeded()
    node.start("registry", "scoring", wait=False)
    node.wait_ready("registry", "scoring", timeout_seconds=STARTING_SECONDS)
    with node.client("registry") as client:
        made = client.post("/v1/participants", json=PERSON, headers={"Idempotency-Key": "one"})
        assert made.status_code == 201, made.text
        path = f"/v1/participants/{made.json()['id']}"
        assert client.post(f"{path}/reveal", json=LOOK).json()["nik"] == NIK
    _keys(node, "backup", str(tmp_path / "keys.jsonl"))
    node.stop("registry")
    old = tmp_path / "old"
    old.mkdir()
    for file in node.data_dir.glob("registry.db*"):
        shutil.copy(file, old)
    node.start("registry", wait=False)
    node.wait_ready("registry", timeout_seconds=STARTING_SECONDS)
    with node.client("registry") as client:
        erased = client.post(f"{path}/erasure", json={"on": "2024-01-02", "reason": "request"})
        assert (erased.status_code, erased.json()["state"]) == (200, "erased")
    _until(lambda: "participant.erased.v1" in _redis_dump(node.redis_url), node)
    assert not _found(_redis_dump(node.redis_url).encode())
    node.stop("registry")
    # The older database comes back, and the older backup of the keys is restored over the newer store.
    for file in node.data_dir.glob("registry.db*"):
        file.unlink()
    for file in old.iterdir():
        shutil.copy(file, node.data_dir)
    assert "0 keys added" in _keys(node, "restore", str(tmp_path / "keys.jsonl"))
    node.start("registry", wait=False)
    with node.client("registry") as client:
        _until(lambda: _state(node, path) == "erased", node)
        assert client.post(f"{path}/reveal", json=LOOK).status_code == 409
    node.stop()
    for file in [one for one in node.data_dir.rglob("*") if one.is_file()]:
        assert not _found(file.read_bytes()), file


def _found(content: bytes) -> list[str]:
    return [text for text in SEARCHED if text.encode() in content]


def _keys(node: Node, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "keys", *arguments],
        cwd=ROOT,
        env={**node.plan.environment("registry", node.redis_url)},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _state(node: Node, path: str) -> str | None:
    """What the registry says of the person; ``None`` while it is starting."""
    try:
        with node.client("registry") as client:
            return str(client.get(path).json().get("state"))
    except httpx.HTTPError:
        return None


def _until(done: Callable[[], bool], node: Node, timeout_seconds: float = STARTING_SECONDS) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not done():
        assert time.monotonic() < deadline, node.log("registry")[-2000:]
        time.sleep(0.2)
