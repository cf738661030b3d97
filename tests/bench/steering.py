"""Replay, history, the whole nation under another edition, what-if and goal-seek: how long they take."""

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
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import psutil
import sqlalchemy as sa

from services.scoring import app as scoring_app
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.rescoring import survey_band, under
from services.scoring.domain.state import CityYear, add_evidence
from services.scoring.domain.village import VillageYear
from services.scoring.instrument_file import InstrumentFile
from services.scoring.settings import ScoringSettings
from services.scoring.storage import states, villages
from services.scoring.storage.states import Stored
from shared.contracts.envelope import Event, Payload, chain_hash, encode, wire
from shared.journal import tables
from shared.journal.follower import Entries
from shared.regions import tree
from shared.runtime import migration
from shared.runtime.database import Database
from shared.runtime.identity import load_or_create_token
from shared.runtime.web import settle_memory
from tests.bench.scoring import _catalogue, _payload

REPLAY_EVENTS = int(os.environ.get("BERSINAR_BENCH_REPLAY_EVENTS", "1000000"))
REPLAY_WORKERS = 2
YEARS, VILLAGES, ROUNDS = 10, 83_762, 7
IKRN_YEAR, VILLAGE_SHAPES = 2024, 500
LIVE_EVENTS, BATCH = 6_000, 500
START = datetime(2023, 1, 1, tzinfo=UTC)


async def measure(folder: Path) -> dict[str, Any]:
    """Everything, one after the other, each in a database of its own."""
    cities = [region.code for region in tree.load(["city"])]
    return {
        **await _history(folder, cities),
        **await _nation(folder, cities),
        **await _answers(folder),
        **await _replay(folder),
    }


def _entries(count: int, region_of: Callable[[int], str], first: int = 1, before: str = "") -> Entries:
    """A stretch of a registry's stream."""
    found: Entries = []
    for number in range(first, first + count):
        region, payload = region_of(number), _payload(number)
        if getattr(payload, "village", None) is not None:
            payload = payload.model_copy(update={"village": f"{region}.07.1003"})
        event = Event[Payload](
            id=f"event-{number}",
            source="/nodes/bench/registry",
            type=payload.TYPE,
            subject=f"s{number}",
            time=START + timedelta(seconds=number),
            region=region,
            data=payload,
        )
        found.append((number, wire(encode(event), number, before)))
        before = chain_hash(found[-1][1])
    return found


async def _service(folder: Path, name: str) -> scoring_app.Scoring:
    settings = ScoringSettings(
        node="bench",
        data_dir=folder,
        redis_url="redis://127.0.0.1:1/0",
        database_url=f"sqlite+aiosqlite:///{folder / name}.db",
    )
    await asyncio.to_thread(migration.upgrade, settings.own_database_url, scoring_app.MIGRATIONS)
    service = scoring_app.build(settings)
    settle_memory()
    return service


async def _put_history(service: scoring_app.Scoring, cities: list[str]) -> None:
    """Ten years of every city, with a survey and evidence, and all the country's villages among them."""
    at = datetime(2023, 1, 1, tzinfo=UTC)
    async with service.database.transaction() as connection:
        for number, city in enumerate(cities):
            new = [Stored(_state(city, year, number), 200, at) for year in range(2014, 2014 + YEARS)]
            await states.save(connection, 1, new=new, changed=[])


def _state(city: str, year: int, number: int) -> CityYear:
    file = _catalogue().of_year(year)
    state = CityYear(city, year, file.key)
    own = VILLAGES // 514 + (number < VILLAGES % 514)
    counters = (("areas.recorded", own), ("areas.level", 3 * own), ("sessions.held", number % 90))
    add_evidence(state, Evidence(year, counters), file.plain.layout)
    items = {item: 1 + (number + place) % 4 for place, item in enumerate(file.plain.items)}
    for group in file.plain.groups:
        add_evidence(state, Evidence(year, instrument=file.key, group=group.key, answers=items), file.plain.layout)
    return state


async def _history(folder: Path, cities: list[str]) -> dict[str, Any]:
    """The same events into one city's first year, and into one of 514 cities with ten years behind them."""
    bare, full = await _service(folder, "bare"), await _service(folder, "full")
    await _put_history(full, cities)
    spread = _entries(LIVE_EVENTS, lambda n: cities[n % len(cities)], first=LIVE_EVENTS + 1)
    stream = _entries(LIVE_EVENTS, lambda _: "32.76")
    ratios = []
    wide = await _service(folder, "wide")
    await _put_history(wide, cities)
    for first in range(0, LIVE_EVENTS, 2_000):
        took = [await _fed(service, stream[first : first + 2_000]) for service in (bare, full)]
        ratios.append(took[1] / took[0])
    one = await _fed(bare, _entries(2_000, lambda _: "32.76", LIVE_EVENTS + 1, chain_hash(stream[-1][1])))
    await _at(wide, LIVE_EVENTS)
    many = await _fed(wide, spread[:2_000])
    for service in (bare, full, wide):
        await service.follower.close()
        await service.database.dispose()
    return {
        "history_cost_ratio": round(statistics.median(ratios), 3),
        "history_cost_ratio_min": round(min(ratios), 3),
        "history_cost_ratio_max": round(max(ratios), 3),
        "spread_cost_ratio": round(many / one, 2),
    }


async def _at(service: scoring_app.Scoring, seq: int) -> None:
    """Let a follower begin there, whatever came before."""
    await service.follower.position()
    async with service.database.transaction() as connection:
        await connection.execute(sa.update(tables.position).values(seq=seq, hash=""))
    service.follower._at = None


async def _fed(service: scoring_app.Scoring, entries: Entries) -> float:
    """As they come from Redis: read by the hundred, applied as many at once as have come meanwhile."""
    follower = service.follower
    working = asyncio.create_task(follower.work())
    began = time.perf_counter()
    for first in range(0, len(entries), BATCH):
        await follower.offer(entries[first : first + BATCH])
    while (await follower.position()).seq < entries[-1][0]:
        await asyncio.sleep(0.001)
    took = time.perf_counter() - began
    working.cancel()
    return took


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
    service = await _service(folder, "nation")
    await _put_history(service, cities)
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
    async with service.database.read() as connection:
        for state in await states.every(connection):
            scored = under(state, cities)
            assert scored.running.index_score() is not None
            assert scored.survey.index_score() is not None
        async for part in villages.surveyed(connection):
            bands.update([survey_band(surveyed, of_villages) for surveyed in part])
    assert sum(bands.values()) == VILLAGES
    assert None not in bands


async def _answers(folder: Path) -> dict[str, Any]:
    """What-if and goal-seek through the API, of a city with a year of work."""
    service = await _service(folder, "answers")
    await service.follower.process(_entries(500, lambda _: "32.76"))
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
    service = await _service(folder, "replayed")
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
