"""What an event costs when there are many cities and years, in processor time of the follower.

Three ratios of costs per event, both sides warm:

``history_cost_ratio``: the same events of one city, with 514 cities and ten years in the database, and with none.

``spread_cost_ratio``: events of all 514 cities in turn, against events of one, each city with nine to a batch. The one
city has a transaction for every nine events, the 514 have one for all of theirs.

``burst_cost_ratio``: the same batch, once over all 514 cities and once all of one. This is the dear one, and the work
isn't the same: 514 scores are written and told instead of one, each with what moved it; and a city that takes thousands
of events at once soon stands at the last breakpoint of every indicator, where they move nothing any more.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.scoring import app as scoring_app
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.state import CityYear, add_evidence
from services.scoring.settings import ScoringSettings
from services.scoring.storage import states
from services.scoring.storage.states import Stored
from shared.contracts.envelope import Event, Payload, chain_hash, encode, wire
from shared.journal.follower import Entries
from shared.runtime import migration
from shared.runtime.web import settle_memory
from tests.bench.scoring import _catalogue, _payload

YEARS, VILLAGES = 10, 83_762
ONE_CITY = "32.76"
OF_A_CITY = 9
"""Events of each city in a batch; 514 times as many are one batch of the follower."""
SMALL_BATCHES, ROUNDS, BATCH = 100, 5, 500
START = datetime(2023, 1, 1, tzinfo=UTC)


async def measure(folder: Path, cities: list[str]) -> dict[str, Any]:
    """Medians and spreads over rounds."""
    bare, full = await service_at(folder, "bare"), await service_at(folder, "full")
    wide, paced = await service_at(folder, "wide"), await service_at(folder, "paced")
    for service in (full, wide, paced):
        await put_history(service, cities)
    size = OF_A_CITY * len(cities)
    one = entries_of(size * (ROUNDS + 1), lambda _: ONE_CITY)
    all_cities = entries_of(size * (ROUNDS + 1), lambda n: cities[n % len(cities)])
    small = OF_A_CITY * SMALL_BATCHES
    history, spread, burst = [], [], []
    for number in range(ROUNDS + 1):
        batch = slice(number * size, (number + 1) * size)
        of_bare, of_full = [await _cost(service, one[batch], size) for service in (bare, full)]
        of_wide = await _cost(wide, all_cities[batch], size)
        of_paced = await _cost(paced, one[number * small : (number + 1) * small], OF_A_CITY)
        if number:  # the first warms up: cities are read, plans are made
            history.append(of_full / of_bare)
            spread.append(of_wide / of_paced)
            burst.append(of_wide / of_bare)
    for service in (bare, full, wide, paced):
        await service.follower.close()
        await service.database.dispose()
    return {**_figures("history", history), **_figures("spread", spread), **_figures("burst", burst)}


def _figures(name: str, ratios: list[float]) -> dict[str, float]:
    found = {"": statistics.median(ratios), "_min": min(ratios), "_max": max(ratios)}
    return {f"{name}_cost_ratio{suffix}": round(ratio, 3) for suffix, ratio in found.items()}


async def _cost(service: scoring_app.Scoring, entries: Entries, batch: int) -> float:
    """Processor seconds an event, read by the hundred as from Redis; what has come meanwhile is applied at once."""
    follower = service.follower
    began = time.process_time()
    for first in range(0, len(entries), batch):
        working = asyncio.create_task(follower.work())
        for part in range(first, first + batch, BATCH):
            await follower.offer(entries[part : min(part + BATCH, first + batch)])
        while (await follower.position()).seq < entries[first + batch - 1][0]:
            await asyncio.sleep(0.001)
        working.cancel()
    return (time.process_time() - began) / len(entries)


def entries_of(count: int, region_of: Callable[[int], str], first: int = 1, before: str = "") -> Entries:
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


async def service_at(folder: Path, name: str) -> scoring_app.Scoring:
    """Scoring on a database of its own; nothing runs."""
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


async def put_history(service: scoring_app.Scoring, cities: list[str]) -> None:
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
