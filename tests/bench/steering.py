"""Replay, the whole nation under another edition, what-if and goal-seek: how long they take."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import psutil
import sqlalchemy as sa

from services.scoring import app as scoring_app
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.rescoring import SurveyUnder, under
from services.scoring.domain.state import CityYear, add_evidence
from services.scoring.domain.village import VillageYear
from services.scoring.instrument_file import InstrumentFile
from services.scoring.storage import states, villages
from shared.journal import tables
from shared.regions import tree
from shared.runtime.database import Database
from shared.runtime.identity import load_or_create_token
from tests.bench import history
from tests.bench.history import VILLAGES, entries_of, put_history, service_at
from tests.bench.scoring import _catalogue

REPLAY_EVENTS = int(os.environ.get("BERSINAR_BENCH_REPLAY_EVENTS", "1000000"))
REPLAY_WORKERS = 2
ROUNDS = 7
IKRN_YEAR, VILLAGE_SHAPES = 2024, 500
LIVE_EVENTS, BATCH = 6_000, 500
START = datetime(2023, 1, 1, tzinfo=UTC)


async def measure(folder: Path) -> dict[str, Any]:
    """Everything, one after the other, each in a database of its own."""
    cities = [region.code for region in tree.load(["city"])]
    return {
        **await history.measure(folder, cities),
        **await _nation(folder, cities),
        **await _answers(folder),
        **await _replay(folder),
    }


async def _put_villages(service: scoring_app.Scoring) -> None:
    """Every village of the country with a complete survey: 33 people, each asked what is put to their group."""
    file = _catalogue().get("ikrn-2024")
    shapes = [_village(number, file) for number in range(VILLAGE_SHAPES)]
    codes = [village.code for village in tree.load(["village"])]
    assert len(codes) == VILLAGES
    async with service.database.transaction() as connection:
        for first in range(0, VILLAGES, 5_000):
            part = enumerate(codes[first : first + 5_000], first)
            rows = {(c, IKRN_YEAR): VillageYear(replace(shapes[n % VILLAGE_SHAPES], region=c)) for n, c in part}
            await villages.save(connection, 1, rows)


def _village(number: int, file: InstrumentFile) -> CityYear:
    plain = file.plain
    state = CityYear("", IKRN_YEAR, file.key)
    items = [item for v in file.variables for s in v.survey for item in s.items]
    for place, group in enumerate(g for g in plain.groups for _ in range(g.quota)):
        asked = [item.key for item in items if not item.groups or group.key in item.groups]
        answers = {item: 1 + (number + place * own) % 4 for own, item in enumerate(asked)}
        add_evidence(state, Evidence(IKRN_YEAR, instrument=file.key, group=group.key, answers=answers), plain.layout)
    return state


async def _nation(folder: Path, cities: list[str]) -> dict[str, Any]:
    """Every city and year, and every village, under another edition, from what is stored.

    Of the cities both readings with every variable, of the villages the survey's band. IKRN has one edition so far; the
    other is the same with its two variables weighing otherwise.
    """
    service = await service_at(folder, "nation")
    await put_history(service, cities)
    await _put_villages(service)
    other = _catalogue().get("kotan-2019").plain
    of_villages = _catalogue().get("ikrn-2024").plain
    weighed = [
        replace(v, weight=w) for v, w in zip(of_villages.variables, (Fraction(7, 10), Fraction(3, 10)), strict=True)
    ]
    of_villages = replace(of_villages, key="ikrn-other", variables=tuple(weighed))
    took, used = [], []
    for _ in range(3):
        began, began_cpu = time.perf_counter(), time.process_time()
        await _rescored(service, other, of_villages)
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - began_cpu)
    await service.follower.close()
    await service.database.dispose()
    return {
        "nation_rescore_s": round(statistics.median(took), 3),
        "nation_rescore_s_max": round(max(took), 3),
        "nation_rescore_cpu_s": round(statistics.median(used), 3),
    }


async def _rescored(service: scoring_app.Scoring, cities: Instrument, of_villages: Instrument) -> None:
    bands: Counter[str | None] = Counter()
    survey = SurveyUnder(of_villages)
    async with service.database.read() as connection:
        for state in await states.every(connection, with_moments=False):
            scored = under(state, cities)
            assert scored.running.index_score() is not None
            assert scored.survey.index_score() is not None
        async for part in villages.surveyed(connection):
            bands.update(map(survey.band, part))
    assert sum(bands.values()) == VILLAGES
    assert None not in bands


async def _answers(folder: Path) -> dict[str, Any]:
    """What-if and goal-seek through the API, of a city with a year of work."""
    service = await service_at(folder, "answers")
    await service.follower.process(entries_of(500, lambda _: "32.76"))
    headers = {"Authorization": f"Bearer {load_or_create_token(folder)}"}
    transport = httpx.ASGITransport(app=service.app)
    supposed = {"year": 2023, "events": [{"type": "business.started", "count": 20, "data": {"sector": "lele"}}]}
    async with httpx.AsyncClient(transport=transport, base_url="http://scoring", headers=headers) as client:

        async def ask(path: str, body: dict[str, Any]) -> None:
            answer = await client.post(f"/v1/indices/32.76/{path}", json=body)
            assert answer.status_code == 200, answer.text

        what_if = await _times(lambda: ask("what-if", supposed))
        now = (await client.get("/v1/indices/32.76", params={"year": 2023})).json()["running"]["value"]
        wanted = {"year": 2023, "target": f"{min(float(now) + 0.6, 3.6):.3f}"}
        goal = await _times(lambda: ask("goal-seek", wanted))
    await service.follower.close()
    await service.database.dispose()
    return {
        "whatif_ms": round(statistics.median(what_if) * 1_000, 2),
        "whatif_ms_max": round(max(what_if) * 1_000, 2),
        "goalseek_ms": round(statistics.median(goal) * 1_000, 1),
        "goalseek_ms_max": round(max(goal) * 1_000, 1),
    }


async def _times(call: Callable[[], Awaitable[None]]) -> list[float]:
    await call()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await call()
        took.append(time.perf_counter() - began)
    return took


async def _replay(folder: Path) -> dict[str, Any]:
    """A million events of all cities from a journal over HTTP, by two processes and one that reads for them."""
    journal, port = folder / "million.db", 18_097
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.million", str(journal), str(port), str(REPLAY_EVENTS)
    )
    service = await service_at(folder, "replayed")
    head, digest = await _ready(port)
    await service.follower.position()
    async with service.database.transaction() as connection:
        await connection.execute(sa.update(tables.position).values(seq=head, hash=digest))
    environment = {
        "BERSINAR_NODE": "bench",
        "BERSINAR_DATA_DIR": str(folder),
        "BERSINAR_DATABASE_URL": service.settings.own_database_url,
        "BERSINAR_REGISTRY_URL": f"http://127.0.0.1:{port}",
        "PATH": "",
    }
    began = time.perf_counter()
    command = ("-m", "services.scoring.replay", "--workers", str(REPLAY_WORKERS))
    child = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
    peak, cpu = await _watched(child)
    took = time.perf_counter() - began
    reader.terminate()
    await reader.wait()
    start = await _start_up(service)
    await service.follower.close()
    await service.database.dispose()
    return {
        "replay_events_per_s": round(head / took),
        "replay_s": round(took, 1),
        "replay_cpu_s": round(cpu, 1),
        "replay_rss_mb": round(peak / 1e6),
        **start,
    }


async def _ready(port: int) -> tuple[int, str]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        while True:
            try:
                found = json.loads((await client.get("/head")).text)
            except httpx.TransportError:
                await asyncio.sleep(0.5)
            else:
                return found["seq"], found["hash"]


async def _watched(child: asyncio.subprocess.Process) -> tuple[int, float]:
    """The most memory the process and its children had together, and the processor time they took.

    A page they share counts once (PSS): the children are forked from one that has loaded everything.
    """
    peak, process = 0, psutil.Process(child.pid)
    took: dict[int, float] = {}
    while child.returncode is None:
        with suppress(psutil.NoSuchProcess):
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(p.memory_full_info().pss for p in family))
            took |= {p.pid: sum(p.cpu_times()[:2]) for p in family}
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), 0.3)
    assert child.returncode == 0
    return peak, sum(took.values())


async def _start_up(full: scoring_app.Scoring) -> dict[str, Any]:
    """Until a service on a million events answers its first question, against one on none."""
    took = []
    for url in (full.settings.own_database_url, full.settings.own_database_url.replace("replayed", "bare")):
        database = Database(url)
        began = time.perf_counter()
        async with database.read() as connection:
            await states.of_region(connection, "32.76")
        took.append(time.perf_counter() - began)
        await database.dispose()
    return {"first_read_full_ms": round(took[0] * 1_000, 1), "first_read_empty_ms": round(took[1] * 1_000, 1)}
