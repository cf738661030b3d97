"""Which demonstration a first start plays: the one of the case that the node serves, once."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from cli import up
from cli.demo import play_of


@pytest.mark.parametrize(
    ("regions", "city"),
    [("32.76", "Kota Depok"), ("53.71,53.04,53.14", "Kota Kupang"), ("53.04,53.71", "Kota Kupang"), ("11.01", None)],
)
async def test_the_case_that_runs_is_the_one_that_plays(
    regions: str, city: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = play_of(regions.split(","))
    assert (found.city if found else None) == city
    started: list[tuple[str, ...]] = []

    class Ended:
        returncode = 0

        async def wait(self) -> int:
            return 0

    async def start(*command: str, **_options: Any) -> Ended:
        started.append(command)
        return Ended()

    monkeypatch.setattr(up.asyncio, "create_subprocess_exec", start)
    plan = SimpleNamespace(
        data_dir=tmp_path, regions=regions, url_of=lambda _service: "http://x", environment=lambda *_: {}
    )
    node: Any = SimpleNamespace(plan=plan, redis_url="")
    for _ in range(2):
        await up._demo_once(node, Console(quiet=True), "id", wanted=True)
    assert len(started) == (1 if city else 0), "played once, and nowhere without a case"
