"""The bytes of an event: numbered in front, chained by hash, read back as they were said."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.catalogue import CATALOGUE, PAYLOADS, consumed_by, decode, entry_of, event_model
from shared.contracts.envelope import (
    Event,
    chain_hash,
    encode,
    follows,
    genesis_hash,
    short_type,
    utc,
    wire,
)
from shared.contracts.registry import BusinessStarted

MOMENT = datetime(2023, 4, 1, 7, 30, tzinfo=UTC)


def event(business_id: str = "b1") -> Event[BusinessStarted]:
    data = BusinessStarted(
        business_id=business_id, participant_id="p1", sector="lele", village="32.76.07.1003", on=date(2023, 4, 1)
    )
    return event_model(BusinessStarted)(
        id="e1",
        source="/nodes/3276/registry",
        type=data.TYPE,
        subject=business_id,
        time=MOMENT,
        region="32.76",
        data=data,
    )


@given(st.text(min_size=1, max_size=64), st.integers(1, 2**53))
def test_what_was_said_is_read_back(business_id: str, seq: int) -> None:
    said = event(business_id)
    read = decode(wire(encode(said), seq, genesis_hash("e")))
    assert read.data == said.data
    assert (read.seq, read.time, read.id, read.region) == (seq, MOMENT, "e1", "32.76")
    assert read.previoushash == genesis_hash("e")


def test_an_event_that_wasnt_numbered_has_no_place() -> None:
    assert event().seq == 0


def test_only_the_next_number_with_the_right_predecessor_follows() -> None:
    entry = wire(encode(event()), 7, "a" * 64)
    assert follows(entry, 7, "a" * 64)
    assert follows(entry, 7, "")
    assert not follows(entry, 8, "a" * 64)
    assert not follows(entry, 7, "b" * 64)
    assert not follows(entry.replace(b'"7"', b'"77"', 1), 7, "a" * 64)


def test_a_changed_byte_changes_the_hash() -> None:
    entry = wire(encode(event()), 1, genesis_hash("e"))
    assert chain_hash(entry) != chain_hash(entry.replace(b"lele", b"Lele"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b.replace("business.started.v1", "business.started.v9"),
        lambda b: b.replace('"2023-04-01"', '"soon"'),
        lambda b: b.replace('"32.76"', '"3276"'),
        lambda b: b.replace('"specversion":"1.0"', '"specversion":"2.0"'),
        lambda b: b[:-3],
    ],
)
def test_what_cant_be_read_is_an_error(spoil: object) -> None:
    with pytest.raises(ValidationError):
        decode(wire(spoil(encode(event())), 1, genesis_hash("e")))  # type: ignore[operator]


def test_payloads_are_frozen() -> None:
    with pytest.raises(ValidationError):
        event().data.sector = "sayur"


def test_people_read_the_short_type() -> None:
    assert short_type(BusinessStarted.TYPE) == "business.started"


def test_moments_are_written_in_utc() -> None:
    wib = timezone(timedelta(hours=7))
    assert utc(datetime(2023, 4, 1, 14, 30, tzinfo=wib)).isoformat() == "2023-04-01T07:30:00+00:00"


def test_the_catalogue_is_closed() -> None:
    """Every type once, named after its producer; consumers only take what the stream carries."""
    assert len(PAYLOADS) == sum(len(entry.payloads) for entry in CATALOGUE)
    for entry in CATALOGUE:
        for payload in entry.payloads:
            assert payload.TYPE.startswith(f"id.bersinar.{entry.producer}.")
        for taken in entry.consumers.values():
            assert set(taken) <= set(entry.payloads)
    assert set(consumed_by("dashboard")) == {"registry", "scoring", "notifications"}
    with pytest.raises(KeyError):
        entry_of("nobody")
