"""Villages: the survey index of each, its status, and whether it has become safer. For officers, within their scope."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.scoring.commands.announcement import completeness_parts, interval_part, score_part
from services.scoring.commands.villages import Assessed, assessed
from services.scoring.domain.village import LEVELS
from services.scoring.http.parameters import Kabkota, Year
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import villages
from shared import access
from shared.contracts import scoring
from shared.runtime.database import Database
from shared.runtime.problem import Problem

Village = Annotated[
    str, Path(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$", description="Code of a village, like 32.76.07.1003.")
]


class RecoveryView(BaseModel):
    """The change from the latest earlier status, in steps of the four; ``is_break`` where that one was found in another
    way (recorded by a person, or another edition)."""

    earlier_year: int
    earlier_status: str
    earlier_source: str
    steps: int
    recovered: bool
    is_break: bool


class VillageYearView(BaseModel):
    """A village in a year. ``status`` is that of the complete survey, else the one recorded; ``source`` says which."""

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


def village_router(database: Database, catalogue: Catalogue) -> APIRouter:
    """Statuses and recovery of villages."""
    router = APIRouter(prefix="/v1", tags=["villages"])

    @router.get("/villages/{village}", summary="A village's survey index, status and recovery, year by year")
    async def read_village(village: Village) -> VillageView:
        found = {}
        if access.current().covers(village):
            async with database.read() as connection:
                found = await villages.within(connection, village)
        if not found:
            raise Problem(
                404,
                "Nothing known",
                detail=f"Neither answers nor a status are known of {village}, or it isn't yours to see.",
                field="village",
                remedy="Check the code; a village appears with its first answer or status.",
            )
        years = [village_view(a) for a in assessed(found.values(), catalogue)]
        return VillageView(items=years[::-1])

    @router.get("/indices/{region}/villages", summary="The villages of a kab/kota: each one's status and recovery")
    async def list_villages(region: Kabkota, year: Year) -> VillagesView:
        actor = access.current()
        async with database.read() as connection:
            found = await villages.within(connection, f"{region}.", upto=year)
        codes = [code for code in dict.fromkeys(code for code, _ in found) if actor.covers(code)]
        histories = [assessed((v for (own, _), v in found.items() if own == code), catalogue) for code in codes]
        items = [village_view(h[-1]) for h in histories if h[-1].village.state.year == year]
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


def village_view(found: Assessed) -> VillageYearView:
    """The answer about a village and year."""
    instrument, state, status = found.scored.instrument, found.village.state, found.status
    return VillageYearView.model_validate(
        {
            "village": state.region,
            "year": state.year,
            "instrument": instrument.key,
            "edition": instrument.edition,
            "provisional": instrument.provisional,
            "synthetic": state.is_synthetic,
            "survey": score_part(found.survey),
            "survey_interval": interval_part(found.scored),
            "recorded": found.village.recorded,
            "status": status.status if status else None,
            "source": status.source if status else None,
            "recovery": _recovery(found),
            "completeness": completeness_parts(found.scored),
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
        steps=change.steps,
        recovered=change.recovered,
        is_break=change.is_break,
    )
