"""Parameters the addresses of scoring share."""

from typing import Annotated

from fastapi import Path, Query

PAGE_MAX = 500

Kabkota = Annotated[str, Path(pattern=r"^\d{2}\.\d{2}$", description="Code of a kab/kota, like 32.76.")]
Area = Annotated[str, Path(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID.")]
Year = Annotated[int, Query(ge=2015, le=2100)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
