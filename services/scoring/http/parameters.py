"""Parameters the addresses of scoring share."""

from typing import Annotated

from fastapi import Path, Query

from shared.runtime.exact import AwareMoment

PAGE_MAX = 500

Kabkota = Annotated[str, Path(pattern=r"^\d{2}\.\d{2}$", description="Code of a kab/kota, like 32.76.")]
Area = Annotated[str, Path(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID.")]
Year = Annotated[int, Query(ge=2015, le=2100)]
PathYear = Annotated[int, Path(ge=2015, le=2100)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
AsOf = Annotated[
    AwareMoment | None,
    Query(description="As it was known at this moment, given with its zone, like 2023-06-30T23:59:59+07:00."),
]
Edition = Annotated[
    str | None,
    Query(pattern=r"^[a-z0-9-]{1,40}$", description="Scored with this instrument in place of the year's own."),
]
