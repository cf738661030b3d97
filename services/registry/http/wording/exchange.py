"""Refusals about lists, and about what goes in and out as files."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "filter_twice": entry(
        422,
        "Saringan ini disebut dua kali.",
        "Sebut satu nilai saja.",
        "This filter is given twice.",
        "Give one value.",
    ),
    "filter_unknown": entry(
        422,
        "Daftar ini tidak mengenal saringan itu.",
        "Pakai salah satu dari: {possible}.",
        "This list has no such filter.",
        "Use one of: {possible}.",
    ),
    "sort_unknown": entry(
        422,
        "Daftar ini tidak dapat diurutkan menurut itu.",
        "Pakai satu atau beberapa dari: {possible}, dipisahkan koma; tanda - di depan membalik urutannya.",
        "This list can't be sorted by that.",
        "Use one or more of: {possible}, separated by commas; - before one turns its order round.",
    ),
}
