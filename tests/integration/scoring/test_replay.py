"""A replay makes the same again, beside what is read, whatever the batch and however many processes."""

import asyncio
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa

from services.scoring.app import Scoring
from services.scoring.replay import replay
from services.scoring.settings import ScoringSettings
from services.scoring.storage import replays, tables
from shared.contracts import registry
from shared.journal import tables as journal_tables
from shared.journal.follower import Diverged
from tests.integration.scoring.conftest import migrated
from tests.integration.scoring.registry_stream import (
    AT,
    GROUPS,
    ON,
    RegistryStream,
    answers,
    business,
    chosen,
    published,
    regulation,
)
from tests.integration.scoring.test_editions import client_of, edition

CITIES = ["32.76", "32.71", "53.71", "31.71", "11.01"]
ITEMS = ["regulasi_1", "regulasi_2"]


def filled(rounds: int = 130) -> RegistryStream:
    """Several cities and years, references, and two events that can't be applied."""
    stream = RegistryStream()
    for n in range(rounds):
        region = CITIES[n % len(CITIES)]
        village = f"{region}.07.1003"
        stream.add(business(n, village=village), region=region)
        stream.add(answers(GROUPS[n % 9], ITEMS, 1 + n % 4), region=region)
        stream.add(regulation(regulation_id=f"r{n}", on=ON.replace(year=2021 + n % 3)), region=region)
    stream.add(published("a", "3.620"))
    stream.add(published("c", "3.602"))
    stream.add(chosen("a", "3.620"))
    stream.add(chosen("c", "3.602"))
    stream.add(answers("polres", ["no_such_item"]))
    stream.add_raw(f'{{"specversion":"1.0","id":"x","type":"{registry.BusinessStarted.TYPE}","region":"32.76"}}')
    stream.add(business(900))
    return stream


async def everything(scoring: Scoring) -> dict[str, Any]:
    """What is read: every table of the projection, without the number of its generation and how pages were cut."""
    found: dict[str, Any] = {}
    async with scoring.database.read() as connection:
        for table in replays.GENERATED:
            rows = await connection.execute(sa.select(table).where(tables.of_now(table)))
            plain = [{k: v for k, v in row.items() if k not in ("generation", "at")} for row in rows.mappings()]
            found[table.name] = sorted(plain, key=repr)
        pages = found.pop("entry_page")
        for row in sorted(pages, key=lambda r: (r["region"], r["year"], r["first"])):
            found.setdefault("entries", {}).setdefault((row["region"], row["year"]), []).append(row["body"][1:-1])
        found["entries"] = {key: ",".join(bodies) for key, bodies in found["entries"].items()}
        query = sa.select(journal_tables.parked.c.seq, journal_tables.parked.c.replayed_at)
        found["parked"] = sorted(tuple(row) for row in await connection.execute(query))
        count = sa.select(sa.func.count()).select_from(journal_tables.journal)
        found["told"] = (await connection.execute(count)).scalar_one()
    return found


@pytest.mark.parametrize(("workers", "batch"), [(1, 5_000), (1, 37), (4, 90)])
async def test_a_replay_makes_the_same_again(
    scoring: Scoring, settings: ScoringSettings, api: httpx.AsyncClient, workers: int, batch: int
) -> None:
    stream = filled(40 if workers > 1 else 130)
    for first in range(0, len(stream.entries), 23):
        await scoring.follower.process(stream.entries[first : first + 23])
    before, digest = await everything(scoring), (await api.get("/v1/digest")).json()
    outcome = await replay(settings, stream, workers=workers, batch=batch)
    assert outcome == f"in place after {len(stream.entries)} events"
    assert await everything(scoring) == before
    assert (await api.get("/v1/digest")).json() == digest
    listed = (await api.get("/v1/replays")).json()["items"]
    assert [(r["seq"], r["workers"], r["outcome"]) for r in listed] == [(len(stream.entries), workers, outcome)]
    async with scoring.database.read() as connection:
        for table in replays.GENERATED:
            assert len((await connection.execute(sa.select(table.c.generation).distinct())).all()) <= 1
    stream.add(business(901))
    await scoring.follower.process(stream.entries[-1:])
    after = (await api.get("/v1/indices/32.76", params={"year": 2023})).json()
    assert after["movements"][0]["event_id"] == f"event-{len(stream.entries)}"


@pytest.mark.parametrize("unsaved", [1, 50, 100_000])
async def test_what_is_folded_and_not_yet_saved_is_not_forgotten(
    scoring: Scoring, settings: ScoringSettings, monkeypatch: pytest.MonkeyPatch, unsaved: int
) -> None:
    """With room for one year in memory, whatever is saved when."""
    stream = filled(60)
    await scoring.follower.process(stream.entries)
    before = await everything(scoring)
    monkeypatch.setattr("services.scoring.crew.YEARS_IN_MEMORY_MAX", 1)
    monkeypatch.setattr("services.scoring.commands.rebuild.UNSAVED_EVENTS_MAX", unsaved)
    await replay(settings, stream, batch=20)
    assert await everything(scoring) == before


async def test_the_digest_is_the_same_on_both_databases_and_in_every_batch(tmp_path: Path) -> None:
    """Live in small batches on SQLite; replayed from nothing in one: the digests are one line each, and equal."""
    stream = filled()
    digests = []
    for number, cut in enumerate((11, 400)):
        settings = ScoringSettings(
            data_dir=tmp_path,
            database_url=f"sqlite+aiosqlite:///{tmp_path}/s{number}.db",
            redis_url="redis://127.0.0.1:1/0",
        )
        async with migrated(settings) as service:
            for first in range(0, len(stream.entries), cut):
                await service.follower.process(stream.entries[first : first + cut])
            digests.append((await everything(service))["city_year"])
    assert digests[0] == digests[1]


async def test_reads_stay_up_and_what_comes_meanwhile_is_not_lost(
    scoring: Scoring, settings: ScoringSettings, api: httpx.AsyncClient
) -> None:
    stream = filled()
    await scoring.follower.process(stream.entries)
    done = asyncio.create_task(replay(settings, _Slow(stream), workers=1, batch=50))
    reads = 0
    while not done.done():
        n = 1_000 + reads
        stream.add(business(n))
        await scoring.follower.process(stream.entries[-1:])
        answer = (await api.get("/v1/indices/32.76", params={"year": 2023})).json()
        assert answer["movements"][0]["event_id"] == f"event-{len(stream.entries)}"
        reads += 1
    assert (await done).startswith("in place after ")
    assert reads > 3
    kept = (await api.get("/v1/digest")).json()
    await replay(settings, stream)
    assert (await api.get("/v1/digest")).json() == kept


async def test_what_was_parked_and_can_be_applied_now_is_parked_no_more(
    scoring: Scoring, settings: ScoringSettings
) -> None:
    stream = filled(10)
    await scoring.follower.process(stream.entries)
    refused = [seq for seq, _ in (await everything(scoring))["parked"]]
    assert len(refused) == 2
    async with scoring.database.transaction() as connection:
        p = journal_tables.parked
        await connection.execute(sa.delete(p).where(p.c.seq == refused[0]))
        row = {"stream": "3276.registry", "seq": 1, "raw": stream.entries[0][1], "error": "?", "parked_at": AT}
        await connection.execute(sa.insert(p), row)
    await replay(settings, stream)
    parked = dict((await everything(scoring))["parked"])
    assert parked[1] is not None
    assert {seq for seq, replayed_at in parked.items() if replayed_at is None} == set(refused)


async def test_a_journal_of_another_history_changes_nothing(scoring: Scoring, settings: ScoringSettings) -> None:
    stream, other = filled(10), filled(10)
    await scoring.follower.process(stream.entries)
    before = await everything(scoring)
    other.entries[5] = (6, other.entries[5][1].replace(b"event-6", b"event-X"))
    with pytest.raises(Diverged):
        await replay(settings, other)
    assert await everything(scoring) == before


async def test_a_process_that_is_killed_ends_the_replay_and_nothing_else(
    scoring: Scoring, settings: ScoringSettings
) -> None:
    stream = filled(30)
    await scoring.follower.process(stream.entries)
    before, known = await everything(scoring), set(multiprocessing.active_children())
    slow = _Waiting(stream, after=59)
    done = asyncio.create_task(replay(settings, slow, workers=2, batch=20))
    await asyncio.wait_for(slow.reached.wait(), 20)
    killed, other = set(multiprocessing.active_children()) - known
    killed.kill()
    killed.join()
    slow.free.set()
    with pytest.raises(RuntimeError, match="a replaying process died"):
        await done
    assert not other.is_alive()
    assert await everything(scoring) == before
    await replay(settings, stream, workers=2)
    assert await everything(scoring) == before


KILLED = """
import asyncio, sys
from services.scoring.replay import replay
from services.scoring.settings import ScoringSettings
from tests.integration.scoring.test_replay import _Waiting, filled

async def run():
    slow = _Waiting(filled(30), after=59)
    asyncio.ensure_future(replay(ScoringSettings.model_validate_json(sys.argv[1]), slow, workers=2, batch=20))
    await slow.reached.wait()
    print("folding", flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(run())
"""


async def test_a_replay_that_is_killed_takes_its_processes_along_and_nothing_that_is_read(
    scoring: Scoring, settings: ScoringSettings, api: httpx.AsyncClient, tmp_path: Path
) -> None:
    stream, script = filled(30), tmp_path / "killed.py"
    await scoring.follower.process(stream.entries)
    before, digest = await everything(scoring), (await api.get("/v1/digest")).json()
    script.write_text(KILLED)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        settings.model_dump_json(),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert child.stdout
    assert await asyncio.wait_for(child.stdout.readline(), 60) == b"folding\n"
    family = psutil.Process(child.pid).children(recursive=True)
    assert len(family) >= 2
    child.kill()
    await child.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, 20)
    assert alive == []
    assert await everything(scoring) == before
    assert (await api.get("/v1/digest")).json() == digest
    await replay(settings, stream)
    assert await everything(scoring) == before


class _Slow:
    """A journal that takes its time."""

    def __init__(self, stream: RegistryStream) -> None:
        self._stream = stream

    async def fetch(self, stream: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        await asyncio.sleep(0.05)
        return await self._stream.fetch(stream, after, limit)

    async def close(self) -> None:
        return


@pytest.mark.parametrize("workers", [1, 2])
async def test_an_edition_published_meanwhile_is_applied_after_the_switch(
    scoring: Scoring,
    undisturbed: Scoring,
    settings: ScoringSettings,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    """The old projection goes over at once and serves; what was folded before and after goes over with the new one."""
    stream, published_early = RegistryStream(), edition()
    for n in range(40):
        region = CITIES[n % len(CITIES)]
        stream.add(business(n, village=f"{region}.07.1003", on=ON.replace(year=2025 + n % 3)), region=region)
        stream.add(area_status(f"{region}.07.{1001 + n}", 2023 + n % 3), region=region)
    stream.add(business(99))
    await scoring.follower.process(stream.entries)
    monkeypatch.setattr("services.scoring.replay.NEAR_EVENTS", 0)  # all that comes meanwhile goes to the processes too
    slow = _Waiting(stream, after=79)
    done = asyncio.create_task(replay(settings, slow, workers=workers, batch=20))
    await asyncio.wait_for(slow.reached.wait(), 20)
    assert (await api.post("/v1/instruments", json=published_early)).json()["switched"] == 2 * len(CITIES)
    assert (await api.get("/v1/indices/32.76")).json()["instrument"] == "kotan-2026"
    stream.add(answers("polres", ITEMS, instrument="kotan-2026", year=2027, on=ON.replace(year=2027)))
    await scoring.follower.process(stream.entries)
    slow.free.set()
    assert (await done) == f"in place after {len(stream.entries)} events"
    after, digest = await everything(scoring), (await api.get("/v1/digest")).json()
    assert after["parked"] == []

    async with client_of(undisturbed) as other:
        await other.post("/v1/instruments", json=published_early)
        await undisturbed.follower.process(stream.entries)
        assert (await other.get("/v1/digest")).json() == digest
    expected = await everything(undisturbed)
    assert {k: v for k, v in after.items() if k != "told"} == {k: v for k, v in expected.items() if k != "told"}


def area_status(village: str, year: int) -> registry.AreaStatusRecorded:
    data = {"village": village, "year": year, "status": "siaga", "method": "8+5", "on": ON, "synthetic": True}
    return registry.AreaStatusRecorded.model_validate(data)


class _Waiting:
    """A journal that waits after some events until it's told to go on."""

    def __init__(self, stream: RegistryStream, after: int) -> None:
        self._stream, self._after = stream, after
        self.reached, self.free = asyncio.Event(), asyncio.Event()

    async def fetch(self, stream: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        if after > self._after:
            self.reached.set()
            await self.free.wait()
        return await self._stream.fetch(stream, after, limit)

    async def close(self) -> None:
        return
