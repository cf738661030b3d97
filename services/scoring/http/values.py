"""Everything that is said about an area and year, side by side: printed by others, chosen, computed here, locked.

The kinds never stand in one number. What was computed under one edition is held against what was printed for the
same edition only.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.announcement import interval_part
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.rescoring import under
from services.scoring.http import views
from services.scoring.http.parameters import Area
from services.scoring.http.reading import current_routes
from services.scoring.http.rollups import area_name, edition_rollup
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue, InstrumentFile
from services.scoring.storage import locked, published, states
from shared.contracts import scoring
from shared.runtime.database import Database
from shared.runtime.web import Routes

Slot = tuple[int, str]
"""A year and an edition."""


class ComputedView(BaseModel):
    """What this software computed: of a kab/kota its index, of a wider area the mean over ``scored`` of its
    ``cities``. ``against_reference`` is the difference to the chosen value of the same edition."""

    survey: Plain | None
    band: str | None
    interval: scoring.Interval | None
    running: Plain | None
    running_band: str | None
    answers: int
    quota: int
    cities: int
    scored: int
    provisional: bool
    synthetic: bool
    against_reference: Plain | None


class YearValues(BaseModel):
    """One year under one edition. ``break`` where the entry before it was of another edition; ``conflict`` where
    sources printed different values, ``spread`` by how much; ``chosen`` the one that counts, with its reason."""

    year: int
    edition: str
    is_break: Annotated[bool, Field(serialization_alias="break")]
    published: list[views.PublishedView]
    conflict: bool
    spread: Plain | None
    chosen: views.PublishedView | None
    computed: ComputedView | None
    official: list[views.LockedView]


class ValuesView(BaseModel):
    """All years of an area, the latest first."""

    area: str
    name: str
    items: list[YearValues]


def values_router(database: Database, catalogue: Catalogue) -> Routes:
    """``GET /v1/values/{area}``."""
    router = current_routes(database, catalogue, prefix="/v1/values", tags=["reference"])

    @router.get("/{area}", summary="Published, chosen, computed and locked values of an area, side by side")
    async def list_values(
        area: Area, year: Annotated[int | None, Query(ge=2015, le=2100, description="One year only.")] = None
    ) -> ValuesView:
        async with database.read() as connection:
            printed = await _printed(connection, area, year)
            official = await _official(connection, catalogue, area, year)
            found = await _scored(connection, catalogue, area, year)
        slots = sorted({*printed, *official, *found})
        items = [
            _year(slot, printed.get(slot, []), found.get(slot, []), official.get(slot, []), catalogue, area)
            for slot in slots
        ]
        for before, after in pairwise(items):
            after.is_break = before.edition != after.edition
        return ValuesView(area=area, name=area_name(area), items=items[::-1])

    return router


async def _official(
    connection: AsyncConnection, catalogue: Catalogue, area: str, year: int | None
) -> dict[Slot, list[views.LockedView]]:
    found: dict[Slot, list[views.LockedView]] = defaultdict(list)
    for row in await locked.of_region(connection, area, year):
        view = views.LockedView.model_validate(row)
        found[view.year, catalogue.get(view.instrument).edition].append(view)
    return found


async def _scored(
    connection: AsyncConnection, catalogue: Catalogue, area: str, year: int | None
) -> dict[Slot, list[ScoredYear]]:
    """The cities of the area by year and edition; of a kab/kota only itself."""
    within = {"ID": ""}.get(area, area if "." in area else f"{area}.")
    found: dict[Slot, list[ScoredYear]] = defaultdict(list)
    for state in await states.every(connection, year=year, within=within):
        file = catalogue.get(state.instrument)
        found[state.year, file.edition].append(under(state, file.plain))
    return found


async def _printed(connection: AsyncConnection, area: str, year: int | None) -> dict[Slot, list[published.Published]]:
    found: dict[Slot, list[published.Published]] = defaultdict(list)
    for one in await published.of_area(connection, area):
        if year in (None, one.year):
            found[one.year, one.edition].append(one)
    return found


def _year(
    slot: Slot,
    printed: Sequence[published.Published],
    scored: Sequence[ScoredYear],
    official: list[views.LockedView],
    catalogue: Catalogue,
    area: str,
) -> YearValues:
    year, edition = slot
    shown = [views.published_view(one) for one in printed]
    numbers = {one.value for one in printed if one.value is not None}
    chosen = next((one for one in shown if one.is_reference), None)
    return YearValues(
        year=year,
        edition=edition,
        is_break=False,
        published=shown,
        conflict=len(numbers) > 1,
        spread=max(numbers) - min(numbers) if len(numbers) > 1 else None,
        chosen=chosen,
        computed=_computed(scored, catalogue, chosen.index if chosen else None, wide="." not in area),
        official=official,
    )


def _computed(
    scored: Sequence[ScoredYear], catalogue: Catalogue, reference: Decimal | None, *, wide: bool
) -> ComputedView | None:
    if not scored:
        return None
    file = catalogue.get(scored[0].instrument.key)
    readings = _of_many(file, scored) if wide else _of_city(scored[0])
    value = readings["survey"]
    return ComputedView.model_validate(
        readings
        | {
            "answers": sum(sum(one.state.group_answers.values()) for one in scored),
            "quota": sum(group.quota for group in file.plain.groups) * len(scored),
            "cities": len(scored),
            "provisional": file.provisional,
            "synthetic": any(one.state.is_synthetic for one in scored),
            "against_reference": value - reference if value is not None and reference is not None else None,
        }
    )


def _of_city(scored: ScoredYear) -> dict[str, Any]:
    scores = scored.scores()
    survey, running = scores.survey, scores.running
    return {
        "survey": survey.value if survey else None,
        "band": survey.band if survey else None,
        "interval": interval_part(scored),
        "running": running.value if running else None,
        "running_band": running.band if running else None,
        "scored": int(survey is not None),
    }


def _of_many(file: InstrumentFile, scored: Sequence[ScoredYear]) -> dict[str, Any]:
    """Means; a mean has no band, because bands are of cities."""
    survey = edition_rollup(file, list(scored), "survey", listed=False)
    running = edition_rollup(file, list(scored), "running", listed=False)
    return {
        "survey": survey.mean,
        "band": None,
        "interval": None,
        "running": running.mean,
        "running_band": None,
        "scored": survey.scored,
    }
