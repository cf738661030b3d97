"""Villages and the institutions, rules and people active in them."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, PlainData, VillageCode
from shared.contracts.registry.words import (
    AreaStatus,
    Count,
    Id,
    PillarRole,
    RegulationKind,
    Setting,
    Year,
    type_of,
)


class InstitutionState(PlainData):
    """What an institution does against drugs. ``penggiat`` and ``urine_tests`` are numbers of people and of tests."""

    has_policy: bool
    penggiat: Count
    urine_tests: Count


class InstitutionRecorded(Payload):
    """An institution in one of the four settings was recorded, or its state of a year replaced.

    ``previous`` stood before: the state of the same year, else the one carried over from the last earlier year. When
    an earlier year is recorded or corrected later, the next year's state is said again with what it now ``follows``
    and what it ``followed`` before.
    """

    TYPE: ClassVar[str] = type_of("institution", "recorded")
    institution_id: Id
    setting: Setting
    state: InstitutionState
    previous: InstitutionState | None = None
    follows: InstitutionState | None = None
    followed: InstitutionState | None = None
    village: VillageCode | None = None
    on: date
    synthetic: bool = False


class RegulationRecorded(Payload):
    """A regional regulation, decree or action plan (RAD) on P4GN was recorded, or came in or out of force.

    ``since`` and ``until`` are the first and the last day in force, as now recorded. A ``correction`` takes back or
    adds what was wrongly said of a year, so its ``in_force`` is about that year, not about today.
    """

    TYPE: ClassVar[str] = type_of("regulation", "recorded")
    regulation_id: Id
    kind: RegulationKind
    number: str
    in_force: bool
    previously_in_force: bool = False
    since: date | None = None
    until: date | None = None
    correction: bool = False
    on: date
    synthetic: bool = False


class AgentRecorded(Payload):
    """A recovery agent or a penggiat of a village was recorded as active or not, with the first and last day active.

    ``reason`` says why one stopped, as a word of a list. A ``correction`` is about the year of ``on``, not about today.
    """

    TYPE: ClassVar[str] = type_of("agent", "recorded")
    agent_id: Id
    kind: Literal["agen_pemulihan", "penggiat"]
    village: VillageCode
    active: bool
    previously_active: bool = False
    since: date | None = None
    until: date | None = None
    reason: str | None = None
    correction: bool = False
    on: date
    synthetic: bool = False


class AgentTrained(Payload):
    """A recovery agent or a penggiat finished a training; ``what`` names it in a word or two."""

    TYPE: ClassVar[str] = type_of("agent", "trained")
    agent_id: Id
    kind: Literal["agen_pemulihan", "penggiat"]
    village: VillageCode
    what: str
    on: date
    synthetic: bool = False


class AreaStatusRecorded(Payload):
    """A village's status for a year. ``before`` is the status of the last earlier year, when there is one.

    ``previous`` and ``previous_before`` are what this statement replaces for the same year: its status and its
    ``before``. When an earlier year is recorded or corrected later, the next year's status is said again with its
    new ``before``.
    """

    TYPE: ClassVar[str] = type_of("area-status", "recorded")
    village: VillageCode
    year: Year
    status: AreaStatus
    previous: AreaStatus | None = None
    before: AreaStatus | None = None
    previous_before: AreaStatus | None = None
    method: Literal["IKRN", "8+5"]
    on: date
    synthetic: bool = False


class AreaStatusReleased(Payload):
    """A person released a village's status for a year to the public, or the release was taken back or lapsed."""

    TYPE: ClassVar[str] = type_of("area-status", "released")
    village: VillageCode
    year: Year
    released: bool
    synthetic: bool = False


class PotentialKindAdded(Payload):
    """A kind of potential, besides sectors, skills and assets, can now be mapped; its names are asked of the API."""

    TYPE: ClassVar[str] = type_of("potential-kind", "added")
    kind: str


class PotentialMapped(Payload):
    """Something a village has to build on was mapped, mapped again or taken off the map (``standing`` false).

    ``what`` is a trade or a thing in a word or two (``tenun``), ``amount`` how many there are, where it was counted.
    """

    TYPE: ClassVar[str] = type_of("potential", "mapped")
    potential_id: Id
    village: VillageCode
    kind: str
    what: str
    amount: Count | None = None
    standing: bool = True
    on: date
    synthetic: bool = False


class BersinarDesignated(Payload):
    """A village was designated as Desa or Kelurahan Bersinar of a year by a decree, or the designation was revoked.

    ``standing`` is false from a revocation on; ``previously_standing`` is what was said of the village and year before.
    """

    TYPE: ClassVar[str] = type_of("bersinar", "designated")
    village: VillageCode
    year: Year
    decree_number: str
    decree_on: date
    revoked_on: date | None = None
    standing: bool
    previously_standing: bool = False
    synthetic: bool = False


class PillarRecorded(Payload):
    """One of a village's three pillars (its head, its Babinsa, its Bhabinkamtibmas) took up the post or left it."""

    TYPE: ClassVar[str] = type_of("pillar", "recorded")
    pillar_id: Id
    village: VillageCode
    role: PillarRole
    active: bool
    previously_active: bool = False
    since: date
    until: date | None = None
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    InstitutionRecorded,
    RegulationRecorded,
    AgentRecorded,
    AgentTrained,
    AreaStatusRecorded,
    AreaStatusReleased,
    PotentialKindAdded,
    PotentialMapped,
    BersinarDesignated,
    PillarRecorded,
)
