"""The language of whoever asks, and what every service says in Indonesian of a request it can't read."""

from collections.abc import Mapping
from typing import Any, Final


def speaks_english(accept_language: str) -> bool:
    """Whether English is asked for before Indonesian; Indonesian when neither is."""
    wanted = [part.split(";")[0].strip().lower()[:2] for part in accept_language.split(",")]
    return next((language == "en" for language in wanted if language in ("id", "en")), False)


FALLBACK: Final = "Isian ini tidak seperti yang diharapkan."

INDONESIAN: Final[Mapping[str, str]] = {
    "missing": "Isian ini wajib ada.",
    "extra_forbidden": "Isian ini tidak dikenal di sini.",
    "string_type": "Isian ini harus berupa teks.",
    "string_pattern_mismatch": "Teks ini harus berpola '{pattern}'.",
    "string_too_short": "Teks ini terlalu pendek: paling sedikit {min_length} huruf.",
    "string_too_long": "Teks ini terlalu panjang: paling banyak {max_length} huruf.",
    "too_short": "Daftar ini terlalu pendek: paling sedikit {min_length}.",
    "too_long": "Daftar ini terlalu panjang: paling banyak {max_length}.",
    "int_type": "Isian ini harus berupa bilangan bulat.",
    "int_parsing": "Isian ini harus berupa bilangan bulat.",
    "int_from_float": "Isian ini harus berupa bilangan bulat, tanpa pecahan.",
    "float_type": "Isian ini harus berupa bilangan.",
    "float_parsing": "Isian ini harus berupa bilangan.",
    "decimal_type": "Isian ini harus berupa bilangan.",
    "decimal_parsing": "Isian ini harus berupa bilangan.",
    "bool_type": "Isian ini harus true atau false.",
    "bool_parsing": "Isian ini harus true atau false.",
    "list_type": "Isian ini harus berupa daftar.",
    "tuple_type": "Isian ini harus berupa daftar.",
    "dict_type": "Isian ini harus berupa objek.",
    "model_type": "Isian ini harus berupa objek.",
    "model_attributes_type": "Isian ini harus berupa objek.",
    "greater_than": "Angka ini harus lebih dari {gt}.",
    "greater_than_equal": "Angka ini paling kecil {ge}.",
    "less_than": "Angka ini harus kurang dari {lt}.",
    "less_than_equal": "Angka ini paling besar {le}.",
    "literal_error": "Isian ini harus salah satu dari: {expected}.",
    "enum": "Isian ini harus salah satu dari: {expected}.",
    "date_type": "Tanggal ditulis TTTT-BB-HH, misalnya 2023-06-30.",
    "date_parsing": "Tanggal ditulis TTTT-BB-HH, misalnya 2023-06-30.",
    "date_from_datetime_parsing": "Tanggal ditulis TTTT-BB-HH, misalnya 2023-06-30.",
    "date_from_datetime_inexact": "Tanggal ditulis TTTT-BB-HH, tanpa jam.",
    "datetime_type": "Waktu ditulis dengan zonanya, misalnya 2023-06-30T23:59:59+07:00.",
    "datetime_parsing": "Waktu ditulis dengan zonanya, misalnya 2023-06-30T23:59:59+07:00.",
    "datetime_from_date_parsing": "Waktu ditulis dengan zonanya, misalnya 2023-06-30T23:59:59+07:00.",
    "timezone_aware": "Waktu harus menyebut zonanya, misalnya 2023-06-30T23:59:59+07:00.",
}
"""By pydantic's kind of error; what stands in braces comes from the schema, never from what was typed."""


def in_indonesian(kind: str, about: Mapping[str, Any]) -> str:
    """What is wrong with a field, in Indonesian."""
    try:
        return INDONESIAN.get(kind, FALLBACK).format(**about)
    except KeyError:
        return FALLBACK
