"""Words the registry's events are made of, and how their types are named."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.envelope import event_type

Id = Annotated[str, Field(min_length=1, max_length=64)]
Year = Annotated[int, Field(ge=2015, le=2100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Group = Literal["former_user", "after_rehabilitation", "vulnerable_resident", "family", "former_inmate"]
ParticipantState = Literal["registered", "active", "graduated", "left", "moved", "erased"]
LeaveReason = Literal["working", "health", "family", "lost_contact", "refused", "deceased", "other"]
EndedWith = Literal["erased", "consent_withdrawn", "left", "moved"]
"""What ended all of a person's work at once, where it wasn't a decision about this piece of it."""

Sex = Literal["female", "male"]
AgeBand = Literal["under_18", "18_24", "25_34", "35_44", "45_54", "55_up"]
ProgrammeKind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""A word of the registry's list of kinds (services/registry/data/vocabulary.yaml), which an office may extend."""

ProgrammeState = Literal["draft", "planned", "running", "completed", "cancelled"]
EnrolmentState = Literal["applied", "waiting", "accepted", "attending", "completed", "dropped", "refused"]
Rupiah = Annotated[int, Field(ge=0, le=10**15)]
Setting = Literal["pemerintah", "swasta", "pendidikan", "masyarakat"]
RegulationKind = Literal["perda", "perbup", "perwali", "sk", "rad", "tim_terpadu"]
PillarRole = Literal["lurah", "kepala_desa", "babinsa", "bhabinkamtibmas"]
AreaStatus = Literal["bahaya", "waspada", "siaga", "aman"]
FollowUpMonth = Literal[1, 3, 6, 12]
BusinessStatus = Literal["active", "paused", "closed"]
KotanGroup = Literal[
    "kejaksaan", "pengadilan", "polres", "koramil", "pemda", "pendidikan", "dunia_usaha", "keluarga", "masyarakat"
]
VillageGroup = Literal["warga", "lurah", "petugas"]
RespondentGroup = Literal[KotanGroup, VillageGroup]


def type_of(subject: str, verb: str) -> str:
    """The type of a registry event."""
    return event_type("registry", subject, verb)
