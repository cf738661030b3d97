"""Indices as somebody published them."""

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Payload, RegionCode
from shared.contracts.registry.words import Id, Year, type_of


class IndexPublished(Payload):
    """An index as somebody published it. Kept as printed and never recomputed; ``index`` may be missing where only
    the category was printed. ``variables`` holds the printed variables under their instrument names."""

    TYPE: ClassVar[str] = type_of("index", "published")
    published_id: Id
    area: RegionCode
    area_name: str
    year: Year
    edition: Literal["kotan-2019", "kotan-2022"]
    index: Decimal | None = None
    category: str | None = None
    variables: dict[str, Decimal] = Field(default_factory=dict)
    source: str


class IndexReferenceChosen(Payload):
    """A person chose which published index of a kab/kota and year is the reference."""

    TYPE: ClassVar[str] = type_of("index", "reference-chosen")
    published_id: Id
    area: RegionCode
    year: Year
    edition: Literal["kotan-2019", "kotan-2022"]
    index: Decimal
    reason: str


PAYLOADS: tuple[type[Payload], ...] = (
    IndexPublished,
    IndexReferenceChosen,
)
