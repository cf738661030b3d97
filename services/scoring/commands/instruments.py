"""Publishing an edition, taking published editions in, and comparing two."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.announcement import Announcement, score_changed
from services.scoring.domain.explain import Told
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.state import CityYear
from services.scoring.domain.target import target_of
from services.scoring.instrument import load_text
from services.scoring.instrument_file import Catalogue, InstrumentFile
from services.scoring.instrument_rules import catalogue_findings
from services.scoring.storage import instruments, projection, published, states, targets, villages
from services.scoring.storage.states import IsMine
from shared.contracts.envelope import Event
from shared.contracts.scoring import InstrumentPublished, ScoreChanged
from shared.journal.journal import Telling, Unit
from shared.runtime import clock

NATION = "ID"
YEARS_NAMED = 5


class PublishRefusedError(Exception):
    """An edition can't be published: the reason, the field of the file, and what the wording names."""

    def __init__(
        self, code: Literal["edition_edited", "edition_overlaps", "year_answered"], field: str, **values: str
    ) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


class Publication(NamedTuple):
    """A published edition; ``is_new`` unless the very same text had been published before."""

    instrument: InstrumentFile
    sha256: str
    is_new: bool
    switched: int


class Switched(NamedTuple):
    """Years that went over to another edition, as they were before."""

    cities: list[CityYear]
    villages: list[CityYear]


async def refresh(connection: AsyncConnection, catalogue: Catalogue) -> bool:
    """Take in what was published by whichever replica since the last look, and say whether that was anything: one
    small query when it's nothing."""
    missing = await instruments.keys(connection) - catalogue.published
    if missing:
        found = await instruments.texts(connection, missing)
        catalogue.adopt(load_text(f"{key}.yaml", text) for key, text in found.items())
    return bool(missing)


async def go_over(
    connection: AsyncConnection, catalogue: Catalogue, generation: int, is_mine: IsMine = lambda _: True
) -> Switched:
    """Have the years of a generation that were begun with another edition scored with the one in force now."""
    return Switched(
        await states.switch(connection, generation, lambda year: catalogue.of_year(year).key, is_mine),
        await villages.switch(connection, generation, lambda year: catalogue.of_year(year, "village").key, is_mine),
    )


async def publish(unit: Unit, catalogue: Catalogue, file: str, text: str) -> Publication:
    """Make an edition count from now on, in one transaction with the event that says so.

    Years in its period that were begun with another edition go over to it; a year with answers doesn't, so it is
    refused. Raises :class:`InstrumentError` for a file that can't be used and :class:`PublishRefusedError` for one
    that can't be in force beside the others.
    """
    instrument = load_text(file, text)
    # Holding the projection's row keeps every fold waiting; another token there makes all forget what they remember.
    generation, _ = await projection.claim(unit.connection, mine="", new=clock.new_id())
    await refresh(unit.connection, catalogue)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    known = await instruments.hash_of(unit.connection, instrument.key)
    if known == sha256:
        return Publication(instrument, sha256, is_new=False, switched=0)
    together = _beside_the_others(catalogue, instrument, known)
    switched, of_villages = await go_over(unit.connection, together, generation)
    _refuse_answered(instrument, switched + of_villages)
    await instruments.add(unit.connection, instrument.key, sha256, text, clock.now())
    event = unit.emit(_payload(instrument, sha256, text), subject=instrument.key, region=NATION)
    await _tell(unit, together, switched, event)
    unit.after_commit(lambda: catalogue.adopt([instrument]))
    return Publication(instrument, sha256, is_new=True, switched=len(switched) + len(of_villages))


def _beside_the_others(catalogue: Catalogue, instrument: InstrumentFile, known: str | None) -> Catalogue:
    """The catalogue with the new edition in it, when it can be there."""
    if known is not None or (instrument.key in catalogue.instruments and not _same(catalogue, instrument)):
        raise PublishRefusedError("edition_edited", "key", key=instrument.key)
    together = Catalogue({**catalogue.instruments, instrument.key: instrument})
    for _, finding in catalogue_findings(together):
        said = {"key": instrument.key, "said": finding.message, "remedy": finding.remedy}
        raise PublishRefusedError("edition_overlaps", "valid", **said)
    return together


def _same(catalogue: Catalogue, instrument: InstrumentFile) -> bool:
    return catalogue.get(instrument.key) == instrument


def _refuse_answered(instrument: InstrumentFile, switched: Iterable[CityYear]) -> None:
    answered = [f"{s.region} {s.year} ({s.instrument})" for s in switched if any(s.item_counts.values())]
    if answered:
        more = f" (+{len(answered) - YEARS_NAMED})" if len(answered) > YEARS_NAMED else ""
        years = f"{', '.join(answered[:YEARS_NAMED])}{more}"
        raise PublishRefusedError("year_answered", "valid", key=instrument.key, years=years)


def _payload(instrument: InstrumentFile, sha256: str, text: str) -> InstrumentPublished:
    return InstrumentPublished(
        key=instrument.key,
        edition=instrument.edition,
        level=instrument.level,
        from_year=instrument.from_year,
        until_year=instrument.until_year,
        sha256=sha256,
        text=text,
    )


async def _tell(unit: Unit, together: Catalogue, switched: list[CityYear], event: Event[Any]) -> None:
    """Say the scores of the years that went over. None has a ``before``: the two editions aren't compared."""
    regions = {s.region for s in switched}
    references = await published.references(unit.connection, regions)
    by_hand = await targets.of_regions(unit.connection, regions)
    tellings = []
    for state in switched:
        region, year = state.region, state.year
        scored = ScoredYear(state, together.of_year(year).plain)
        target = target_of(year, scored.instrument.edition, references.get(region, ()), by_hand.get(region, ()))
        told = Announcement(scored=scored, before=None, after=scored.scores(), target=target, told=Told(()))
        tellings.append(Telling(f"{region}/{year}", region, score_changed(told, {}), event))
    unit.emit_many(ScoreChanged, tellings)


def differences(before: InstrumentFile, after: InstrumentFile) -> Iterator[tuple[str, str | None, str | None]]:
    """(path, before, after) of every element that differs; entries of a list are named by their key."""
    old, new = dict(_leaves(before.model_dump(by_alias=True))), dict(_leaves(after.model_dump(by_alias=True)))
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield path, old.get(path), new.get(path)


def _leaves(part: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(part, tuple) and part and isinstance(part[0], dict):
        for place, inner in enumerate(part, start=1):
            yield from _leaves(inner, f"{path}.{inner.get('key') or place}")
    elif isinstance(part, tuple):
        yield path, " ".join(str(inner) for inner in part)
    elif part is not None:
        yield path, str(part)
