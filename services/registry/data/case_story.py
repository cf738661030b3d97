"""The parts of a case file that tell how a village's work went on: mapped, met about, trained, started, visited."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.envelope import VillageCode
from shared.contracts.registry import AgeBand, BusinessStatus, Count, DropReason, Group, Id, PillarRole, Sex, Year
from shared.contracts.registry import AreaStatus as AreaStatusKey

Text = Annotated[str, Field(min_length=1, max_length=120)]
Synthetic = Literal[True]
Day = Annotated[date, Field(alias="date")]
"""The key in a file is ``date``: YAML 1.1 reads a bare ``on`` as true."""
Person = Annotated[int, Field(ge=1, le=999)]
"""The number of one of the file's people: ``Peserta Contoh 07`` is 7."""


class CaseModel(BaseModel):
    """A part of a case file; a field it doesn't know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Potential(CaseModel):
    """Something a village has to build on; ``mapped_by`` is the id of one of the file's organisations."""

    village: VillageCode
    kind: Text
    what: Text
    amount: Count | None = None
    mapped_by: Id
    on: Day
    synthetic: Synthetic


class Designation(CaseModel):
    """A village's designation as Bersinar for a year."""

    village: VillageCode
    year: Year
    decree_number: Text
    decree_on: date
    synthetic: Synthetic


class AreaStatus(CaseModel):
    """A village's status for a year, and how it was found."""

    village: VillageCode
    year: Year
    status: AreaStatusKey
    method: Literal["IKRN", "8+5"]
    on: Day
    synthetic: Synthetic


class Pillar(CaseModel):
    """One of a village's three pillars, without a name."""

    village: VillageCode
    role: PillarRole
    since: date
    synthetic: Synthetic


class Commitment(CaseModel):
    """What an organisation committed to; without an outcome it is still open."""

    organisation: Id
    what: Text
    due: date
    outcome: Literal["kept", "not_kept"] | None = None
    settled: date | None = None
    reason: Text | None = None


class Forum(CaseModel):
    """A meeting that was held. ``attendance`` gives the people of each organisation that came."""

    title: Text
    on: Day
    agenda: tuple[Text, ...]
    attendance: dict[Id, Count]
    commitments: tuple[Commitment, ...] = ()
    synthetic: Synthetic


class People(CaseModel):
    """How many people are invented, and what they are in turn. They are called "Peserta Contoh NN"."""

    count: Annotated[int, Field(ge=0, le=999)]
    village: VillageCode
    on: Day
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    sexes: Annotated[tuple[Sex, ...], Field(min_length=1)]
    age_bands: Annotated[tuple[AgeBand, ...], Field(min_length=1)]
    synthetic: Synthetic


class Session(CaseModel):
    """A session of a programme in its first village."""

    on: Day
    attended: Count
    families: Count = 0


class ReferralStep(CaseModel):
    """A step of a referral: the organisation has it, or answered."""

    outcome: Literal["received", "accepted", "declined", "placed", "closed"]
    on: Day
    reason: str | None = None


class Referral(CaseModel):
    """People referred to one of the file's organisations on the same day, and the steps each of them went."""

    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    to: Id
    on: Day
    steps: tuple[ReferralStep, ...] = ()
    synthetic: Synthetic


class Dropped(CaseModel):
    """Somebody who left a programme early."""

    person: Person
    on: Day
    reason: DropReason


class Members(CaseModel):
    """Who takes part in a programme; ``completed`` is when those did who didn't leave."""

    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    enrolled: date
    completed: date | None = None
    dropped: tuple[Dropped, ...] = ()


class Visit(CaseModel):
    """What a follow-up visit found; the visits of a business are 1, 3, 6 and 12 months after its start."""

    status: BusinessStatus
    workers: Count


class MentoredGroup(CaseModel):
    """A mentored group; ``programme`` and ``mentor`` are ids of the file."""

    id: Id
    name: Text
    sector: Text
    village: VillageCode
    programme: Id
    mentor: Id
    members: Annotated[tuple[Person, ...], Field(min_length=1)]
    on: Day
    synthetic: Synthetic


class Support(CaseModel):
    """Tools or capital a business was given by one of the file's organisations; ``value`` in rupiah."""

    giver: Id
    kind: Text
    value: Annotated[int, Field(ge=0)]
    on: Day


class Business(CaseModel):
    """A business one of the people started after a programme, or a group did, and the visits made, in order."""

    person: Person | None = None
    programme: Id | None = None
    group: Id | None = None
    sector: Text
    on: Day
    supports: tuple[Support, ...] = ()
    visits: Annotated[tuple[Visit, ...], Field(max_length=4)] = ()
    synthetic: Synthetic


class Story(CaseModel):
    """How the work went on, over as many years as it took."""

    potentials: tuple[Potential, ...] = ()
    designations: tuple[Designation, ...] = ()
    statuses: tuple[AreaStatus, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    forums: tuple[Forum, ...] = ()
    people: People | None = None
    referrals: tuple[Referral, ...] = ()
    sessions: dict[Id, tuple[Session, ...]] = {}
    members: dict[Id, Members] = {}
    groups: tuple[MentoredGroup, ...] = ()
    businesses: tuple[Business, ...] = ()

    @model_validator(mode="after")
    def _people_known(self) -> Self:
        count = self.people.count if self.people else 0
        for field, person in self._persons():
            if person > count:
                raise ValueError(f"{field}: there is no person {person}")
        groups = {group.id for group in self.groups}
        for number, business in enumerate(self.businesses):
            if (business.person is None) == (business.group is None):
                raise ValueError(f"businesses.{number}: a person or a group owns it")
            if business.group is not None and business.group not in groups:
                raise ValueError(f"businesses.{number}.group: {business.group!r} is unknown")
            members = self.members.get(business.programme or "")
            if business.person is not None and (members is None or business.person not in members.people):
                raise ValueError(f"businesses.{number}.programme: person {business.person} isn't in it")
        return self

    def villages(self) -> list[tuple[str, str]]:
        """Every village named, with the field that names it."""
        found = [("people.village", self.people.village)] if self.people else []
        named: dict[str, tuple[Any, ...]] = {
            "potentials": self.potentials,
            "designations": self.designations,
            "statuses": self.statuses,
            "pillars": self.pillars,
            "groups": self.groups,
        }
        for field, parts in named.items():
            found += [(f"{field}.{number}.village", part.village) for number, part in enumerate(parts)]
        return found

    def organisations(self) -> list[tuple[str, str]]:
        """Every organisation named, with the field that names it."""
        found = [(f"potentials.{number}.mapped_by", one.mapped_by) for number, one in enumerate(self.potentials)]
        for number, forum in enumerate(self.forums):
            found += [(f"forums.{number}.attendance", name) for name in forum.attendance]
            found += [(f"forums.{number}.commitments", one.organisation) for one in forum.commitments]
        found += [(f"referrals.{number}.to", one.to) for number, one in enumerate(self.referrals)]
        found += [(f"groups.{number}.mentor", group.mentor) for number, group in enumerate(self.groups)]
        for number, business in enumerate(self.businesses):
            found += [(f"businesses.{number}.supports", one.giver) for one in business.supports]
        return found

    def programmes(self) -> list[tuple[str, str]]:
        """Every programme named, with the field that names it."""
        return [
            *((f"sessions.{name}", name) for name in self.sessions),
            *((f"members.{name}", name) for name in self.members),
            *((f"groups.{group.id}", group.programme) for group in self.groups),
        ]

    def _persons(self) -> list[tuple[str, int]]:
        found = [(f"members.{name}.people", person) for name, some in self.members.items() for person in some.people]
        found += [
            (f"members.{name}.dropped", one.person) for name, some in self.members.items() for one in some.dropped
        ]
        found += [(f"groups.{group.id}.members", person) for group in self.groups for person in group.members]
        found += [(f"referrals.{n}.people", person) for n, one in enumerate(self.referrals) for person in one.people]
        owners = ((number, one.person) for number, one in enumerate(self.businesses))
        return found + [(f"businesses.{number}.person", person) for number, person in owners if person is not None]
