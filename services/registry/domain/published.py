"""Published indices: the scale an edition is printed on, and what can be a reference."""

from collections.abc import Mapping
from decimal import Decimal

from services.registry.domain.refusal import Refusal

# 2019: 0-100; from the 2022 instrument on: 1-4.
SCALES: Mapping[str, tuple[Decimal, Decimal]] = {
    "kotan-2019": (Decimal(0), Decimal(100)),
    "kotan-2022": (Decimal(1), Decimal(4)),
}


def check_published(
    edition: str, index: Decimal | None, category: str | None, variables: Mapping[str, Decimal]
) -> None:
    """Refuses a publication that says nothing, and numbers off the edition's scale."""
    if index is None and category is None and not variables:
        raise Refusal("nothing_published", "index")
    least, most = SCALES[edition]
    values = {"index": index, **{f"variables.{name}": value for name, value in variables.items()}}
    for field, value in values.items():
        if value is not None and not least <= value <= most:
            raise Refusal("index_off_scale", field, edition=edition, least=str(least), most=str(most))


def check_reference(index: Decimal | None) -> Decimal:
    """Only a publication that prints an index can be the reference."""
    if index is None:
        raise Refusal("index_missing", "id")
    return index
