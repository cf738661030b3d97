"""A city's view, put together from the read model."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dashboard.feed import row_of, together
from services.dashboard.instrument import InstrumentDocument
from services.dashboard.instruments import Instruments
from services.dashboard.places import Places
from services.dashboard.storage import pushes, reads
from services.dashboard.view import (
    CityView,
    ComputedPoint,
    FeedRow,
    InstrumentOutline,
    PublishedPoint,
    ReadingView,
    VariableView,
)
from shared.contracts.registry import IndexPublished
from shared.contracts.scoring import GroupCompleteness, Score, ScoreChanged, Target
from shared.runtime.database import Database

FEED_PAGE_ROWS = 48
FEED_READ_MAX_ROWS = 1_920
"""Stored rows read for one page at most, ten times the answers a city is asked for in a year. A batch beyond that is
counted as far as it was read."""

Printed = Sequence[tuple[PublishedPoint, IndexPublished]]


class Cities:
    """Answers for the cities a node serves."""

    def __init__(
        self, database: Database, places: Places, instruments: Instruments, *, feed_rows: int, alert_rows: int
    ) -> None:
        self._database, self.places, self._instruments = database, places, instruments
        self._feed_rows, self._alert_rows = feed_rows, alert_rows

    async def years(self, region: str, now: datetime) -> tuple[int, ...]:
        """The years there's something to show for: the latest with a score first, then the others from the latest
        on. KeyError for a city that isn't served."""
        self.places.served[region]
        async with self._database.read() as connection:
            scores = await reads.scores(connection, region)
            printed = await reads.published(connection, region)
        years = _years(scores, printed, now.year)
        shown = scores[0].year if scores else years[0]
        return (shown, *(year for year in years if year != shown))

    async def view(self, region: str, year: int | None, now: datetime, underway: int | None = 0) -> CityView:
        """One city and year, all of it from one moment; without a year the latest with a score. KeyError for a
        city that isn't served."""
        place = self.places.served[region]
        async with self._database.read() as connection:
            # Read first: later statements may see newer rows (PostgreSQL), so the page can be ahead of its number but
            # never behind it.
            push_id = await pushes.last_id(connection)
            scores = await reads.scores(connection, region)
            printed = await reads.published(connection, region)
            years = _years(scores, printed, now.year)
            shown = year or (scores[0].year if scores else years[0])
            view = CityView(
                place=place,
                year=shown,
                years=tuple(sorted({*years, shown}, reverse=True)),
                instrument=None,
                published=tuple(point for point, _ in printed),
                underway=underway,
                push_id=push_id,
                work=await reads.open_work(connection, region, now.astimezone(ZoneInfo(place.time_zone)).date()),
                alerts=await reads.alerts(connection, region, shown, self._alert_rows),
                areas=await reads.area_counts(connection, region, shown),
                feed=await self._feed(connection, region, shown),
            )
        return view.model_copy(update=self._scored(scores, printed, shown))

    async def _feed(self, connection: AsyncConnection, region: str, year: int) -> tuple[FeedRow, ...]:
        """Reads on until one row more than wanted has begun: only then is the last one wanted complete."""
        rows: list[FeedRow] = []
        shown: list[FeedRow] = []
        before: int | None = None
        while len(shown) <= self._feed_rows and len(rows) < FEED_READ_MAX_ROWS:
            page = await reads.feed_groups(connection, region, year, FEED_PAGE_ROWS, before=before)
            rows += [row_of(movements, self.places.village) for _, movements in page]
            shown = together(rows)
            if len(page) < FEED_PAGE_ROWS:
                break
            before = page[-1][0]
        return tuple(shown[: self._feed_rows])

    def _scored(self, scores: Sequence[sa.Row[Any]], printed: Printed, year: int) -> dict[str, Any]:
        """What follows from the scores: everything of the index card, and the computed points of the trend."""
        every = [(row, ScoreChanged.model_validate_json(row.body)) for row in reversed(scores)]
        computed = tuple(
            _computed(s, s.survey.after, self._instruments.get(s.instrument)) for _, s in every if s.survey.after
        )
        found = next((pair for pair in every if pair[1].year == year), None)
        if found is None:
            return {"computed": computed, **_unscored(self._instruments.for_year(year), printed, year)}
        row, score = found
        document = self._instruments.get(score.instrument)
        return {
            "computed": computed,
            "instrument": document.outline() if document else None,
            "provisional": score.provisional,
            "synthetic": score.synthetic,
            "survey": _reading(score.survey.after, row.survey_change, row.survey_changed_at).model_copy(
                update={"interval": score.survey_interval}
            ),
            "running": _reading(score.running.after, row.running_change, row.running_changed_at),
            "target": score.target,
            "variables": _variables(score, printed),
            "completeness": score.completeness,
            "as_of": row.at,
        }


def _years(scores: Sequence[sa.Row[Any]], printed: Printed, this_year: int) -> list[int]:
    """Years there's something to show for, the latest first; this year when there's nothing at all."""
    found = {row.year for row in scores} | {point.year for point, _ in printed}
    return sorted(found or {this_year}, reverse=True)


def _computed(score: ScoreChanged, index: Score, document: InstrumentDocument | None) -> ComputedPoint:
    return ComputedPoint(
        year=score.year,
        edition=document.edition if document else score.instrument,
        index=index.value,
        band=index.band,
        provisional=score.provisional,
        lowest=document.scale.lowest if document else None,
        highest=document.scale.highest if document else None,
        interval=score.survey_interval,
    )


def _reading(score: Score | None, change: str | None, at: datetime | None) -> ReadingView:
    return ReadingView(score=score, last_change=Decimal(change) if change else None, changed_at=at)


def _variables(score: ScoreChanged, printed: Printed) -> tuple[VariableView, ...]:
    """Both readings, and what was printed of each variable for the target's year."""
    reference: dict[str, Decimal] = {}
    if score.target is not None:
        chosen = (i for point, i in printed if point.chosen and point.year == score.target.from_year)
        reference = dict(next((index.variables for index in chosen), {}))
    return tuple(
        VariableView(
            variable=v.variable, survey=v.survey.after, running=v.running.after, reference=reference.get(v.variable)
        )
        for v in score.variables
    )


def _unscored(document: InstrumentDocument | None, printed: Printed, year: int) -> dict[str, Any]:
    """A year nothing has been recorded for: the scale, the quotas, and the target it will be held against."""
    outline = document.outline() if document else None
    return {"instrument": outline, "completeness": _nobody(outline), "target": _target(document, printed, year)}


def _nobody(outline: InstrumentOutline | None) -> tuple[GroupCompleteness, ...]:
    groups = outline.groups if outline else ()
    return tuple(GroupCompleteness(group=group.key, answers=0, quota=group.quota) for group in groups)


def _target(document: InstrumentDocument | None, printed: Printed, year: int) -> Target | None:
    """The chosen reference of the latest earlier year of the same edition."""
    edition = document.edition if document else None
    earlier = [p for p, _ in printed if p.chosen and p.index is not None and p.year < year and p.edition == edition]
    last = max(earlier, key=lambda point: point.year, default=None)
    if last is None or last.index is None:
        return None
    return Target(value=last.index, from_year=last.year, survey_gap=None, running_gap=None)
