"""One page that says who says what, and who listens.

A stream is named ``<node>.<producer>``. Tests hold this page against the wiring of every service, and
docs/events.md and docs/asyncapi.yaml are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union

from pydantic import Field, TypeAdapter, create_model

from shared.contracts import notifications, registry, scoring
from shared.contracts.envelope import Event, Payload


@dataclass(frozen=True)
class StreamEntry:
    """A kind of stream: who writes it, which payloads it carries, who follows it, how long Redis keeps it."""

    producer: str
    payloads: tuple[type[Payload], ...]
    consumers: Mapping[str, tuple[type[Payload], ...]]
    summary: str
    retention: str = "the journal keeps everything; Redis keeps what the slowest known follower has not read"


_r, _s, _n = registry, scoring, notifications

CATALOGUE: tuple[StreamEntry, ...] = (
    StreamEntry(
        producer="registry",
        payloads=registry.PAYLOADS,
        consumers={
            "scoring": (
                _r.ParticipantRegistered,
                _r.ParticipantsMerged,
                _r.ParticipantsUnmerged,
                _r.SessionHeld,
                _r.SessionCorrected,
                _r.SessionWithdrawn,
                _r.EnrolmentAccepted,
                _r.EnrolmentCompleted,
                _r.EnrolmentCorrected,
                _r.EnrolmentReinstated,
                _r.BusinessStarted,
                _r.BusinessStartedByGroup,
                _r.BusinessChanged,
                _r.BusinessFollowedUp,
                _r.BusinessVisitCorrected,
                _r.BusinessVisitWithdrawn,
                _r.InstitutionRecorded,
                _r.RegulationRecorded,
                _r.AgentRecorded,
                _r.AreaStatusRecorded,
                _r.BersinarDesignated,
                _r.SurveyAnswered,
                _r.SurveyAnswerExcluded,
                _r.SurveyAnswerReadmitted,
                _r.SurveyMoved,
                _r.IndexPublished,
                _r.IndexReferenceChosen,
                _r.ForumHeld,
                _r.ForumHoldingUndone,
                _r.CommitmentMade,
                _r.CommitmentSettled,
                _r.CommitmentReopened,
                _r.CommitmentWithdrawn,
            ),
            "notifications": (
                _r.OrganisationRecorded,
                _r.ReferralSent,
                _r.ReferralReceived,
                _r.ReferralAnswered,
                _r.ReferralStepUndone,
                _r.CommitmentMade,
                _r.CommitmentPostponed,
                _r.CommitmentSettled,
                _r.CommitmentReopened,
                _r.CommitmentWithdrawn,
                _r.FollowUpScheduled,
                _r.FollowUpCancelled,
                _r.FollowUpReopened,
                _r.BusinessFollowedUp,
                _r.SurveyReminded,
                _r.ConsentDeadlinePassed,
            ),
            "dashboard": (
                _r.IndexPublished,
                _r.IndexReferenceChosen,
                _r.AreaStatusRecorded,
                _r.ReferralSent,
                _r.ReferralReceived,
                _r.ReferralAnswered,
                _r.ReferralStepUndone,
                _r.FollowUpScheduled,
                _r.FollowUpCancelled,
                _r.FollowUpReopened,
                _r.BusinessFollowedUp,
            ),
        },
        summary="What an office records: people under pseudonyms, programmes, businesses, surveys, published indices.",
    ),
    StreamEntry(
        producer="scoring",
        payloads=scoring.PAYLOADS,
        consumers={
            "notifications": (_s.ScoreChanged, _s.EventParked),
            "dashboard": (_s.ScoreChanged, _s.InstrumentPublished),
        },
        summary="Every change of an index, with the events that moved it and by how much.",
    ),
    StreamEntry(
        producer="notifications",
        payloads=notifications.PAYLOADS,
        consumers={"dashboard": (_n.AlertRaised, _n.AlertRaisedV2, _n.AlertDelivered)},
        summary="Who was told what, and how the delivery went.",
    ),
)

PAYLOADS: dict[str, type[Payload]] = {p.TYPE: p for entry in CATALOGUE for p in entry.payloads}


def entry_of(producer: str) -> StreamEntry:
    """The catalogue entry of a producer; KeyError when nobody of that name writes a stream."""
    for entry in CATALOGUE:
        if entry.producer == producer:
            return entry
    raise KeyError(producer)


def consumed_by(consumer: str) -> dict[str, tuple[type[Payload], ...]]:
    """Producer -> payloads, for everything this service follows."""
    return {entry.producer: entry.consumers[consumer] for entry in CATALOGUE if consumer in entry.consumers}


@cache
def event_model(payload: type[Payload]) -> type[Event[Any]]:
    """The envelope with this payload and this payload's type name."""
    fields: Any = {"type": (Literal[payload.TYPE], ...), "data": (payload, ...)}
    # Not of Event[payload]: that would make two classes of each of a hundred payloads, at every start of a service.
    return create_model(f"{payload.__name__}Event", __base__=Event, **fields)


@cache
def _adapter() -> TypeAdapter[Event[Payload]]:
    models = tuple(event_model(p) for p in PAYLOADS.values())
    union: Any = Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007 - built from a tuple
    return TypeAdapter(union)


def prepare() -> None:
    """Builds the reader of all events now rather than at the first event, which would wait for it (0.1 s)."""
    _adapter()


def decode(raw: bytes) -> Event[Payload]:
    """The event of one stream entry. Raises pydantic's ValidationError when it can't be read."""
    return _adapter().validate_json(raw)
