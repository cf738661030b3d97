"""Villages: the survey index of each, its status, and whether it has become safer. For officers, within their scope."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.announcement import completeness_parts, interval_part, score_part
from services.scoring.commands.villages import Assessed, assessed
from services.scoring.domain.village import LEVELS, VillageYear
from services.scoring.http.parameters import AsOf, Kabkota, Year
from services.scoring.http.reading import current_routes
from services.scoring.http.refusals import Refusal
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import village_history, village_locked
from services.scoring.storage.villages import Key
from shared import access
from shared.contracts import scoring
from shared.runtime.database import Database
from shared.runtime.web import Routes

Officials = Mapping[Key, Sequence[village_locked.Row]]
"""What was locked of villages and years."""

Village = Annotated[
    str, Path(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$", description="Code of a village, like 32.76.07.1003.")
]


class RecoveryView(BaseModel):
    """The change from the latest earlier status, in steps of the four; ``is_break`` where that one was found in another
    way (recorded by a person, by other criteria, or under another edition)."""

    earlier_year: int
    earlier_status: str
    earlier_source: str
    earlier_edition: str
    steps: int
    recovered: bool
    is_break: bool


class VillageLockedView(BaseModel):
    """The official value of a revision: what the village's survey gave when it was locked, and the digest of the
    answers behind it. Without ``value`` there weren't enough of them; ``band`` is the status."""

    revision: int
    revision_name: str | None
    instrument: str
    value: Plain | None
    exact: Plain | None
    band: str | None
    digest: str
    at: datetime


class VillageYearView(BaseModel):
    """A village in a year. ``status`` is that of the complete survey, else the one recorded; ``source`` says which.
    ``official`` is what was locked, the latest revision first: it stays when the calculation changes."""

    village: str
    year: int
    instrument: str
    edition: str
    provisional: bool
    synthetic: bool
    survey: scoring.Score | None
    survey_interval: scoring.Interval | None
    recorded: str | None
    status: str | None
    source: str | None
    recovery: RecoveryView | None
    completeness: list[scoring.GroupCompleteness]
    official: list[VillageLockedView]


class VillageView(BaseModel):
    """A village over the years, the latest first."""

    items: list[VillageYearView]


class VillagesView(BaseModel):
    """The villages of a kab/kota in a year. ``counts`` by status, those without one under ``none``; ``recovered`` of
    those that can be ``compared`` with an earlier status."""

    region: str
    year: int
    counts: dict[str, int]
    compared: int
    recovered: int
    items: list[VillageYearView]


class StatusView(BaseModel):
    """A village's status in a year: what the survey gives once it's complete, else what was recorded. ``edition`` is
    the survey's instrument, or how a recorded status was found: ``IKRN``, or ``8+5`` criteria as before 2024. A year
    whose locked value is all that is left of it has none; ``official`` has the latest revision first."""

    year: int
    status: str | None
    source: str | None
    edition: str
    survey: scoring.Score | None
    provisional: bool
    synthetic: bool
    recovery: RecoveryView | None
    official: list[VillageLockedView]


class VillageStatuses(BaseModel):
    """The statuses of one village, the oldest first."""

    village: str
    statuses: list[StatusView]


class YearCounts(BaseModel):
    """A year of a kab/kota: villages by status; how many were ``compared`` with an earlier status, ``recovered`` and
    ``fell``, and for how many of them the two statuses weren't found in the same way (``breaks``)."""

    year: int
    counts: dict[str, int]
    compared: int
    recovered: int
    fell: int
    breaks: int


class VillageYears(BaseModel):
    """The villages of a kab/kota over the years."""

    region: str
    years: list[YearCounts]
    items: list[VillageStatuses]


def village_router(database: Database, catalogue: Catalogue) -> Routes:
    """Statuses and recovery of villages."""
    router = current_routes(database, catalogue, prefix="/v1", tags=["villages"])

    @router.get("/villages/{village}", summary="A village's survey index, status and recovery, year by year")
    async def read_village(village: Village, as_of: AsOf = None) -> VillageView:
        found, official = {}, {}
        if access.current().covers(village):
            async with database.read() as connection:
                found = await village_history.known(connection, catalogue, village, at=as_of)
                official = await village_locked.within(connection, village, as_of)
        if not found:
            raise Refusal("village_unknown", "village", village=village)
        years = [village_view(a, official) for a in assessed(found.values(), catalogue)]
        return VillageView(items=years[::-1])

    @router.get("/indices/{region}/village-years", summary="The status of every village of a kab/kota, year by year")
    async def list_village_years(region: Kabkota, as_of: AsOf = None) -> VillageYears:
        actor = access.current()
        async with database.read() as connection:
            found = await village_history.known(connection, catalogue, f"{region}.", at=as_of)
            official = await village_locked.within(connection, f"{region}.", as_of)
        of_village: dict[str, list[VillageYear]] = defaultdict(list)
        for (code, _), village in found.items():
            if actor.covers(code):
                of_village[code].append(village)
        items = [_statuses(code, assessed(years, catalogue), official) for code, years in of_village.items()]
        return VillageYears(region=region, years=_counted(items), items=[item for item in items if item.statuses])

    @router.get("/indices/{region}/villages", summary="The villages of a kab/kota: each one's status and recovery")
    async def list_villages(region: Kabkota, year: Year, as_of: AsOf = None) -> VillagesView:
        async with database.read() as connection:
            items = await village_year_views(connection, catalogue, region, year, as_of)
        counts = Counter(item.status or "none" for item in items)
        return VillagesView(
            region=region,
            year=year,
            counts={status: counts[status] for status in (*LEVELS, "none")},
            compared=sum(item.recovery is not None for item in items),
            recovered=sum(item.recovery is not None and item.recovery.recovered for item in items),
            items=items,
        )

    return router


async def village_year_views(
    connection: AsyncConnection, catalogue: Catalogue, region: str, year: int, as_of: datetime | None
) -> list[VillageYearView]:
    """The villages of a kab/kota that the caller may see, as they are in a year."""
    actor = access.current()
    of_village: dict[str, list[VillageYear]] = defaultdict(list)
    known = await village_history.known(connection, catalogue, f"{region}.", upto=year, at=as_of)
    for (code, _), village in known.items():
        if actor.covers(code):
            of_village[code].append(village)
    official = await village_locked.within(connection, f"{region}.", as_of)
    histories = [assessed(years, catalogue) for years in of_village.values()]
    return [village_view(h[-1], official) for h in histories if h[-1].village.state.year == year]


def _statuses(code: str, years: list[Assessed], official: Officials) -> VillageStatuses:
    told = [(found, official.get((code, found.village.state.year), [])) for found in years]
    statuses = [_status(found, locked) for found, locked in told if found.status is not None or locked]
    return VillageStatuses(village=code, statuses=statuses)


def _status(found: Assessed, official: Sequence[village_locked.Row]) -> StatusView:
    status, instrument = found.status, found.scored.instrument
    surveyed = status is None or status.source == "survey"
    return StatusView.model_validate(
        {
            "year": found.village.state.year,
            "status": status.status if status else None,
            "source": status.source if status else None,
            "edition": status.edition if status else instrument.key,
            "survey": score_part(found.survey) if surveyed else None,
            "provisional": instrument.provisional if surveyed else False,
            "synthetic": found.village.is_synthetic,
            "recovery": _recovery(found),
            "official": official,
        }
    )


def _counted(items: list[VillageStatuses]) -> list[YearCounts]:
    by_year: dict[int, list[StatusView]] = defaultdict(list)
    for item in items:
        for status in item.statuses:
            by_year[status.year].append(status)
    return [_year_counts(year, by_year[year]) for year in sorted(by_year)]


def _year_counts(year: int, found: list[StatusView]) -> YearCounts:
    counts = Counter(one.status for one in found if one.status is not None)
    changes = [one.recovery for one in found if one.recovery is not None]
    return YearCounts(
        year=year,
        counts={status: counts[status] for status in LEVELS},
        compared=len(changes),
        recovered=sum(change.recovered for change in changes),
        fell=sum(change.steps < 0 for change in changes),
        breaks=sum(change.is_break for change in changes),
    )


def village_view(found: Assessed, official: Officials) -> VillageYearView:
    """The answer about a village and year."""
    instrument, state, status = found.scored.instrument, found.village.state, found.status
    return VillageYearView.model_validate(
        {
            "village": state.region,
            "year": state.year,
            "instrument": instrument.key,
            "edition": instrument.edition,
            "provisional": instrument.provisional,
            "synthetic": found.village.is_synthetic,
            "survey": score_part(found.survey),
            "survey_interval": interval_part(found.scored),
            "recorded": found.village.recorded.status if found.village.recorded else None,
            "status": status.status if status else None,
            "source": status.source if status else None,
            "recovery": _recovery(found),
            "completeness": completeness_parts(found.scored),
            "official": official.get((state.region, state.year), []),
        }
    )


def _recovery(found: Assessed) -> RecoveryView | None:
    change = found.recovery
    if change is None:
        return None
    earlier = change.earlier
    return RecoveryView(
        earlier_year=earlier.year,
        earlier_status=earlier.status,
        earlier_source=earlier.source,
        earlier_edition=earlier.edition,
        steps=change.steps,
        recovered=change.recovered,
        is_break=change.is_break,
    )
