"""The scoring follower against the raw limit: XREAD in batches of 500, JSON decode, a dict fold, in one process."""

import asyncio
import json
import statistics
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import redis.asyncio

from deploy import valkey
from services.scoring import app as scoring_app
from services.scoring.instrument import load_catalogue
from services.scoring.instrument_file import Catalogue
from services.scoring.settings import ScoringSettings
from shared.contracts import registry as r
from shared.contracts.envelope import Payload
from shared.journal import Journal, Publisher, tables
from shared.runtime import migration
from shared.runtime.database import Database
from shared.runtime.web import settle_memory

EVENTS, ROUNDS, BATCH = 20_000, 5, 500
VILLAGES = ("32.76.07.1003", "32.76.07.1005")


async def measure(folder: Path) -> dict[str, Any]:
    """Median and spread over rounds; each round reads the same stream into a fresh database."""
    server = valkey.start(folder)
    producer = Database(f"sqlite+aiosqlite:///{folder / 'journal.db'}")
    try:
        await _fill(producer, server.url)
        rounds = [await _round(folder, server.url, number) for number in range(ROUNDS)]
    finally:
        await producer.dispose()
        server.stop()
    ratios = [own / raw for (own, _), (raw, _) in rounds]
    processor = [raw / own for (_, own), (_, raw) in rounds]
    return {
        "scoring_ratio": round(statistics.median(ratios), 3),
        "scoring_ratio_min": round(min(ratios), 3),
        "scoring_ratio_max": round(max(ratios), 3),
        "scoring_cpu_ratio": round(statistics.median(processor), 3),
        "scoring_cpu_ratio_min": round(min(processor), 3),
        "scoring_cpu_ratio_max": round(max(processor), 3),
        "scoring_events_per_s": round(statistics.median(own for (own, _), _ in rounds)),
        "raw_follow_per_s": round(statistics.median(raw for _, (raw, _) in rounds)),
    }


Speed = tuple[float, float]
"""Events a second, and processor seconds an event."""


async def _round(folder: Path, redis_url: str, number: int) -> tuple[Speed, Speed]:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.delete("bench.scoring")  # the last round's database is gone, and its stream with it
    raw = await _raw(redis_url)
    settings = ScoringSettings(
        node="bench",
        data_dir=folder,
        redis_url=redis_url,
        database_url=f"sqlite+aiosqlite:///{folder / f'scoring-{number}.db'}",
    )
    await asyncio.to_thread(migration.upgrade, settings.own_database_url, scoring_app.MIGRATIONS)
    service = scoring_app.build(settings)
    settle_memory()  # as every service does before it serves
    began, used = time.perf_counter(), time.process_time()
    async with service.streams.running():
        while (await service.follower.position()).seq < EVENTS:
            await asyncio.sleep(0.005)
        own = _speed(EVENTS, began, used)
    await service.database.dispose()
    return own, raw


def _speed(events: int, began: float, used: float) -> Speed:
    return events / (time.perf_counter() - began), (time.process_time() - used) / events


async def _raw(redis_url: str) -> Speed:
    """The least any follower in this language must do."""
    counts: dict[str, int] = {}
    last = "0-0"
    seen = 0
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        began, used = time.perf_counter(), time.process_time()
        while seen < EVENTS:
            answer: Any = await client.xread({"bench.registry": last}, count=BATCH)
            [(_, entries)] = answer
            for entry_id, fields in entries:
                event = json.loads(fields[b"event"])
                key = event["type"]
                counts[key] = counts.get(key, 0) + 1
                last = entry_id
            seen += len(entries)
    return _speed(seen, began, used)


async def _fill(producer: Database, redis_url: str) -> None:
    async with producer.engine.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
    journal = Journal(producer, "bench.registry", "/nodes/bench/registry")
    for first in range(0, EVENTS, BATCH):
        async with journal.writing() as unit:
            for number in range(first, first + BATCH):
                payload = _payload(number)
                unit.emit(payload, subject=f"s{number}", region="32.76")
    publisher = Publisher(journal, redis_url)
    await publisher.publish()
    await publisher.close()


def _payload(number: int) -> Payload:
    """A year's mixture: people, training, businesses, visits; one survey answer in twenty."""
    village, on = VILLAGES[number % 2], date(2023, 1 + number % 12, 1 + number % 28)
    same: dict[str, Any] = {"village": village, "on": on, "synthetic": True}
    person: dict[str, Any] = {"participant_id": f"p{number}", **same}
    if number % 20 == 0:
        return _answer(number, on)
    match number % 4:
        case 0:
            return r.ParticipantRegistered(group="family", sex="female", age_band="25_34", **person)
        case 1:
            return r.EnrolmentCompleted(enrolment_id=f"e{number}", programme_id="g1", kind="kewirausahaan", **person)
        case 2:
            return r.BusinessStarted(business_id=f"b{number}", sector="lele", **person)
        case _:
            return r.BusinessFollowedUp(
                follow_up_id=f"f{number}",
                business_id=f"b{number}",
                sector="lele",
                months=3,
                status="active" if number % 3 else "closed",
                workers=2,
                **same,
            )


@cache
def _catalogue() -> Catalogue:
    return load_catalogue(ScoringSettings().instruments_dir)


def _answer(number: int, on: date) -> r.SurveyAnswered:
    instrument = _catalogue().of_year(on.year)
    items = [item for v in instrument.plain.variables for i in v.survey for item in i.items]
    groups = r.KotanGroup.__args__  # type: ignore[attr-defined]
    return r.SurveyAnswered(
        answer_id=f"a{number}",
        instrument=instrument.plain.key,
        year=on.year,
        group=groups[number // 20 % len(groups)],
        answers={item: 1 + (number + place) % 4 for place, item in enumerate(items)},
        on=on,
        synthetic=True,
    )
