"""Satu Data (Perpres 39/2019): for every indicator its definition, unit, source and frequency."""

from collections.abc import Iterator
from typing import Any

from services.scoring.domain.evidence import COUNTERS
from services.scoring.instrument_file import InstrumentFile


def indicators(file: InstrumentFile) -> Iterator[dict[str, Any]]:
    """The index, its variables, and the indicators of both readings of one edition."""
    scale = f"{file.scale.lowest}-{file.scale.highest}"
    yield _entry(file, "index", file.name.model_dump(), _weighted(file), scale, "P" if file.provisional else "R", "-")
    for variable in file.variables:
        definition = {"id": "Rata-rata indikatornya", "en": "The mean of its indicators"}
        yield _entry(
            file, variable.key, variable.name.model_dump(), definition, scale, variable.mark, variable.source
        ) | {"weight": str(variable.weight.value), "weight_mark": variable.weight.mark}
        for asked in variable.survey:
            items = "; ".join(item.text.id for item in asked.items)
            definition = {
                "id": f"Rata-rata jawaban atas: {items}",
                "en": f"The mean answer to {len(asked.items)} items",
            }
            yield _entry(file, asked.key, asked.name.model_dump(), definition, scale, asked.mark, asked.source) | {
                "variable": variable.key,
                "collected_by": "survey",
            }
        for counted in variable.evidence:
            of = " + ".join(COUNTERS[name] for name in counted.measure.of)
            over = " + ".join(COUNTERS[name] for name in counted.measure.over)
            measure = f"({of}) / ({over})" if over else of
            definition = {"id": f"Ukuran: {measure}", "en": f"Measure: {measure}"}
            yield _entry(
                file, counted.key, counted.name.model_dump(), definition, scale, counted.mark, counted.source
            ) | {
                "variable": variable.key,
                "measure_unit": counted.unit.model_dump(),
                "collected_by": "registry",
            }


def _entry(
    file: InstrumentFile,
    key: str,
    name: dict[str, str],
    definition: dict[str, str],
    unit: str,
    mark: str,
    source: str,
) -> dict[str, Any]:
    return {
        "indicator": key,
        "edition": file.edition,
        "name": name,
        "definition": definition,
        "unit": {"id": f"skor {unit}", "en": f"score {unit}"},
        "source": file.sources.get(source, source),
        "mark": mark,
        "frequency": {"id": "tahunan; indeks berjalan setiap saat", "en": "yearly; the running index at any time"},
        "area_level": file.level,
    }


def _weighted(file: InstrumentFile) -> dict[str, str]:
    weights = ", ".join(f"{v.key} {v.weight.value}" for v in file.variables)
    return {"id": f"Jumlah tertimbang variabel: {weights}", "en": f"The weighted sum of the variables: {weights}"}
