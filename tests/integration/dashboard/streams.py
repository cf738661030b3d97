"""Events for the dashboard as entries of its three streams: numbered, chained, byte for byte as a publisher writes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shared.contracts import notifications, registry, scoring
from shared.contracts.envelope import Event, Payload, chain_hash, encode, wire
from shared.journal.follower import Entries

AT = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
ON = date(2023, 5, 4)
RATU_JAYA = "32.76.07.1003"
GROUPS = ("kejaksaan", "pengadilan", "polres")


class Stream:
    """One stream; keeps its entries, so that a follower can ask for what it missed."""

    def __init__(self, name: str) -> None:
        self.name, self.entries = name, Entries()
        self._hash = "epoch"

    def add(self, payload: Payload, *, region: str = "32.76", cause: str | None = None) -> str:
        """The next entry; answers the event's id."""
        seq = len(self.entries) + 1
        event = Event[Payload](
            id=f"{self.name}-{seq}", source="/test", type=payload.TYPE, subject="x", time=AT, region=region,
            causationid=cause, data=payload,
        )  # fmt: skip
        self.entries.append((seq, wire(encode(event), seq, self._hash)))
        self._hash = chain_hash(self.entries[-1][1])
        return event.id

    async def fetch(self, stream: str, after: int, limit: int) -> Entries:
        return self.entries[after : after + limit]

    async def close(self) -> None:
        return


def score(value: str | None, band: str = "tanggap") -> scoring.Score | None:
    return scoring.Score(value=Decimal(value), exact=Decimal(value), band=band) if value else None


def change(before: str | None, after: str | None) -> scoring.Change:
    return scoring.Change(before=score(before), after=score(after))


def movement(event_id: str, share: str, **changes: Any) -> scoring.Movement:
    data = {
        "event_id": event_id, "event_type": registry.BusinessStarted.TYPE, "at": AT, "village": RATU_JAYA,
        "detail": "lele", "reading": "running", "variable": "masyarakat", "indicator": "usaha_berdiri",
        "index_share": share, "variable_share": share, "synthetic": True,
    }  # fmt: skip
    return scoring.Movement.model_validate(data | changes)


def survey_movement(event_id: str, group: str, share: str) -> scoring.Movement:
    """An answer to the survey, through one indicator."""
    return movement(
        event_id, share, event_type=registry.SurveyAnswered.TYPE, village=None, detail=group, reading="survey",
        indicator="keharmonisan",
    )  # fmt: skip


def score_changed(before: str | None, after: str, *events: str, year: int = 2023, **changes: Any) -> Payload:
    running = change(before, after)
    difference = str(Decimal(after) - Decimal(before)) if before else "0"
    data = {
        "area": "32.76", "year": year, "instrument": "kotan-2022", "provisional": True, "synthetic": True,
        "survey": change("3.418", "3.418"), "running": running,
        "variables": [{"variable": "masyarakat", "survey": change("3.1", "3.1"), "running": running}],
        "target": {"value": "3.602", "from_year": 2022, "survey_gap": "-0.184", "running_gap": "-2.3"},
        "completeness": [{"group": g, "answers": 13, "quota": 20} for g in GROUPS],
        "movements": [movement(event, difference) for event in events],
    }  # fmt: skip
    return scoring.ScoreChanged.model_validate(data | changes)


def published(published_id: str, year: int, index: str, **changes: Any) -> registry.IndexPublished:
    data = {"published_id": published_id, "area": "32.76", "area_name": "Kota Depok", "year": year,
            "edition": "kotan-2022", "index": index, "category": "tanggap", "source": "uji"}  # fmt: skip
    return registry.IndexPublished.model_validate(data | changes)


def chosen(published_id: str, year: int, index: str) -> registry.IndexReferenceChosen:
    return registry.IndexReferenceChosen(
        published_id=published_id, area="32.76", year=year, edition="kotan-2022", index=Decimal(index), reason="uji"
    )


def alert(alert_id: str = "a1", **changes: Any) -> notifications.AlertRaised:
    data = {
        "alert_id": alert_id, "rule": "below_target", "cause": "cause-1", "recipient_id": "r1",
        "recipient": "BNNK Depok", "channels": ["inbox", "email"], "year": 2023, "summary_id": "Turun di bawah target",
        "summary_en": "Fell below the target", "at": AT, "synthetic": True,
    }  # fmt: skip
    return notifications.AlertRaised.model_validate(data | changes)


def referral(n: int, due_on: date) -> registry.ReferralSent:
    return registry.ReferralSent(referral_id=f"r{n}", participant_id=f"p{n}", village=RATU_JAYA,
                                 to_organisation="DKUM", on=ON, due_on=due_on)  # fmt: skip


def answered(n: int) -> registry.ReferralAnswered:
    return registry.ReferralAnswered(referral_id=f"r{n}", participant_id=f"p{n}", village=RATU_JAYA,
                                     to_organisation="DKUM", outcome="accepted", on=ON)  # fmt: skip


def scheduled(n: int, due_on: date) -> registry.FollowUpScheduled:
    return registry.FollowUpScheduled(follow_up_id=f"f{n}", business_id=f"b{n}", village=RATU_JAYA, months=1,
                                      due_on=due_on)  # fmt: skip


def visited(n: int) -> registry.BusinessFollowedUp:
    return registry.BusinessFollowedUp(follow_up_id=f"f{n}", business_id=f"b{n}", village=RATU_JAYA, sector="lele",
                                       months=1, status="active", workers=1, on=ON)  # fmt: skip


def area_status(village: str, status: str) -> registry.AreaStatusRecorded:
    return registry.AreaStatusRecorded.model_validate(
        {"village": village, "year": 2023, "status": status, "method": "IKRN", "on": ON}
    )
