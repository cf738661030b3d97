"""What is exchanged: one number of one area, year, reading and variable, and what must be said beside it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.score import Score
from services.scoring.instrument_file import InstrumentFile
from services.scoring.storage.published import Published

INDEX = "index"
"""The whole index, beside the variables."""


class Observation(NamedTuple):
    """``reading`` is ``survey``, ``running``, ``official`` or ``published``: what is computed now, what was locked and
    what others printed are never one series, nor are two editions. ``answers`` of ``quota`` came in; ``provisional``
    rests on placeholders."""

    area: str
    year: int
    edition: str
    reading: str
    component: str
    value: Decimal
    band: str | None
    provisional: bool
    synthetic: bool
    answers: int | None
    quota: int | None
    source: str

    @property
    def status(self) -> str:
        """SDMX's observation status: P provisional, A normal."""
        return "P" if self.provisional else "A"


def computed(scored: ScoredYear, file: InstrumentFile) -> Iterator[Observation]:
    """Both readings of a city and year, where they have a value."""
    scores, state = scored.scores(), scored.state
    answers = sum(state.group_answers.get(group.key, 0) for group in scored.instrument.groups)
    quota = sum(group.quota for group in scored.instrument.groups)

    def one(reading: str, component: str, score: Score) -> Observation:
        return Observation(
            state.region,
            state.year,
            file.edition,
            reading,
            component,
            score.value,
            score.band,
            file.provisional,
            state.is_synthetic,
            answers if reading == "survey" else None,
            quota if reading == "survey" else None,
            "Bersinar",
        )

    for reading, whole in (("survey", scores.survey), ("running", scores.running)):
        if whole is not None:
            yield one(reading, INDEX, whole)
        for variable in scores.variables:
            own = variable.survey if reading == "survey" else variable.running
            if own is not None:
                yield one(reading, variable.variable, own)


def settled(row: Mapping[str, Any], file: InstrumentFile) -> Iterator[Observation]:
    """An official value: the survey's result as it was locked, with its revision."""
    source = f"Bersinar, revision {row['revision']}"
    values = {INDEX: row["value"], **row["variables"]}
    for component, value in values.items():
        if value is not None:
            band = row["band"] if component == INDEX else None
            yield Observation(
                row["region"],
                row["year"],
                file.edition,
                "official",
                component,
                Decimal(value),
                band,
                file.provisional,
                row["synthetic"],
                None,
                None,
                source,
            )


def printed(found: Iterable[Published]) -> Iterator[Observation]:
    """Published numbers as printed; of several for one year the one chosen as the reference, else none: which of
    two printed numbers counts is a person's decision."""
    by_place: dict[tuple[str, int, str], list[Published]] = {}
    for index in found:
        if index.value is not None:
            by_place.setdefault((index.area, index.year, index.edition), []).append(index)
    for (area, year, edition), own in sorted(by_place.items()):
        chosen = [i for i in own if i.reason is not None] or (own if len(own) == 1 else [])
        for index in chosen[:1]:
            values = {INDEX: index.value, **index.variables}
            for component, value in values.items():
                if value is not None:
                    band = index.category if component == INDEX else None
                    yield Observation(
                        area, year, edition, "published", component, value, band, False, False, None, None, index.source
                    )
