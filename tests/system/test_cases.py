"""``bersinar up --case ntt``: the second published case, on a node of its own in another time zone."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deploy.processes import ROOT
from tests.support.node import free_base_port
from tests.support.up import Up, environment, node_up

pytestmark = pytest.mark.serial


def _index(up: Up) -> dict[str, Any]:
    """The index of the survey's year, once scoring has come to its answers and the dashboard to that index."""
    deadline = time.monotonic() + 30
    while True:
        answer = up.get("scoring", "/v1/indices/53.71?year=2025")
        shown = up.get("dashboard", "/v1/cities/53.71?year=2025").json()
        if answer.status_code == 200 and answer.json()["survey"] and shown["survey"]["score"] and not shown["underway"]:
            index: dict[str, Any] = answer.json()
            return index
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.2)


def test_kota_kupang_comes_up_with_its_two_years(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "var", free_base_port()
    with node_up(data_dir, port, "--case", "ntt", "--no-demo", node="53") as up:
        up.wait_until_up()
        index = _index(up)
        assert (index["survey"]["band"], index["synthetic"]) == ("cukup_tanggap", True)
        laws = {one["variable"]: one["survey"]["value"] for one in index["variables"]}
        assert min(laws, key=lambda name: float(laws[name])) == "hukum"
        for language, words in (("id", ("Kota Kupang", "Data contoh", "WITA")), ("en", ("Kota Kupang", "Sample data"))):
            page = up.get("dashboard", f"/kota/53.71?lang={language}").text
            assert all(word in page for word in words)
            assert "Depok" not in page
        open_promises = up.get("registry", "/v1/commitments?state=open").json()["items"]
        assert [one["organisation"] for one in open_promises] == ["Kesbangpol Kota Kupang"]
        people = up.get("registry", "/v1/participants?limit=100").json()["items"]
        assert len(people) == 20
        assert all(person["synthetic"] for person in people)
        referrals = up.get("registry", "/v1/referrals?limit=100").json()["items"]
        assert Counter(one["state"] for one in referrals) == {"closed": 26, "declined": 1}
        judged = up.get("scoring", "/v1/indices/53.71/village-years").json()["items"][0]["statuses"]
        assert [(one["year"], one["status"], one["edition"]) for one in judged] == [
            (2023, "waspada", "8+5"),
            (2024, "waspada", "IKRN"),
            (2025, "siaga", "IKRN"),
        ]
        visits = up.get("registry", "/v1/follow-ups?state=visited&limit=100&sort=due_on").json()["items"]
        assert (visits[0]["due_on"][:7], visits[-1]["due_on"][:7]) == ("2023-10", "2025-07")
        played = subprocess.run(
            [sys.executable, "-m", "cli.main", "demo", "--lang", "en"],
            cwd=ROOT,
            env=environment(data_dir, port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert played.returncode == 0, played.stderr
        assert "Kota Kupang" in played.stdout
        assert "Fatululi" in played.stdout
        assert "Ratu Jaya" not in played.stdout
        people = up.get("registry", "/v1/participants?limit=100").json()["items"]
        assert (len(people), {person["village"] for person in people}) == (23, {"53.71.04.1011"})
    again = subprocess.run(
        [sys.executable, "-m", "cli.main", "up", "--case", "depok"],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert again.returncode == 1
    assert "holds the case ntt of node 53" in again.stdout + again.stderr
