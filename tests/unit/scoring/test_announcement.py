"""Whatever can be told is what the contract says, to the byte: nothing else reads it before it's in the journal."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.commands.announcement import Announcement, facts_of, score_changed
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.exact import nine_text
from services.scoring.domain.explain import fold_batch, tell
from services.scoring.domain.fold import City, Scores
from services.scoring.domain.ledger import Cause
from services.scoring.domain.target import Reference, SetByHand, Target
from shared.contracts import registry
from shared.contracts.catalogue import decode
from shared.contracts.envelope import Event, encode, encoder, wire
from shared.contracts.scoring import ScoreChanged
from tests.contracts.store import SCHEMAS
from tests.unit.scoring.histories import COMPLETE, EVENTS, HISTORIES, KOTAN, city_after

AT = datetime(2023, 5, 1, 7, 30, tzinfo=UTC)
SCHEMA = jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{ScoreChanged.TYPE}.json").read_text()))
TARGETS: list[Target | None] = [
    None,
    Reference(2022, KOTAN.edition, "p1", Decimal("3.602")),
    SetByHand(2023, KOTAN.edition, Decimal("3.700"), "why", "someone", AT),
]
CAUSES = st.builds(
    Cause,
    st.sampled_from(["event-1", 'odd "id" \\ é \n']),
    st.just("id.bersinar.registry.business.started.v1"),
    st.integers(0, 10**9).map(lambda micro: AT + timedelta(microseconds=micro)),
    st.sampled_from([None, "32.76.07.1003"]),
    st.sampled_from([None, "", "lele", "x" * 200]),
    st.booleans(),
)


def said(city: City, before: dict[int, Scores], batch: list[Evidence], cause: Cause, target: Target | None) -> str:
    """What is told of the batch's own year, as the journal would keep it."""
    year = batch[0].year
    movements = [m for m in fold_batch(city, enumerate(batch)) if m.moved.year == year]
    scored = city.years[year]
    told = tell(movements, 3)
    announcement = Announcement(scored, before.get(year), scored.scores(), target, told)
    values = score_changed(announcement, {m.event: facts_of(cause) for m in told.movements})
    payload = registry.BusinessStarted(
        business_id="b", participant_id="p", sector="lele", village="32.76.07.1003", on=AT.date(), synthetic=False
    )
    by = Event(
        id=cause.event_id, source="/nodes/x", type=payload.TYPE, subject="s", time=AT, region="32.76", data=payload
    )
    return encoder("/nodes/3276/scoring", ScoreChanged.TYPE, AT)("id-1", f"32.76/{year}", "32.76", values, by)


@given(HISTORIES, st.lists(EVENTS, min_size=1, max_size=6), CAUSES, st.sampled_from(TARGETS), st.booleans())
def test_what_is_told_is_what_the_contract_says(
    history: list[Evidence], batch: list[Evidence], cause: Cause, target: Target | None, surveyed: bool
) -> None:
    city = city_after([*(COMPLETE * 2 if surveyed else []), *history])
    before = {year: scored.scores() for year, scored in city.years.items()}
    body = said(city, before, batch, cause, target)
    event = decode(wire(body, 1, "0" * 64))
    assert isinstance(event.data, ScoreChanged)
    assert encode(event).replace('"0E-9"', '"0.000000000"') == body
    assert (event.causationid, event.correlationid) == (cause.event_id, cause.event_id)
    SCHEMA.validate(json.loads(wire(body, 1, "0" * 64)))


@given(st.integers(-(10**13), 10**13))
def test_units_are_written_out_with_all_nine_places(units: int) -> None:
    assert nine_text(units) == format(Decimal(units).scaleb(-9), "f")
