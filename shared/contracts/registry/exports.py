"""Files with people's names in them: how many people, and until when; never who."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from shared.contracts.envelope import Payload
from shared.contracts.registry.words import Count, Id, type_of


class ExportRequested(Payload):
    """Somebody (``asked_by``, an account) wants a list with names in a file; the reason stays in the audit log."""

    TYPE: ClassVar[str] = type_of("export", "requested")
    export_id: Id
    list: str
    purpose: str
    fields: tuple[str, ...]
    asked_by: Id
    expires_at: AwareDatetime


class ExportFailed(Payload):
    """The file couldn't be made: ``why`` is the code of what stood in the way."""

    TYPE: ClassVar[str] = type_of("export", "failed")
    export_id: Id
    why: str


class ExportMade(Payload):
    """A list went into a file with names, for whoever asked (``asked_by``, an account), until it expires."""

    TYPE: ClassVar[str] = type_of("export", "made")
    export_id: Id
    list: str
    purpose: str
    asked_by: Id
    rows: Count
    people: Count
    left_out: Count
    expires_at: AwareDatetime


class ExportDestroyed(Payload):
    """The file is gone: its time was over, or somebody in it was erased or withdrew consent, or it was asked for."""

    TYPE: ClassVar[str] = type_of("export", "destroyed")
    export_id: Id
    why: Literal["expired", "asked", "erased", "consent_withdrawn"]


PAYLOADS: tuple[type[Payload], ...] = (ExportRequested, ExportFailed, ExportMade, ExportDestroyed)
