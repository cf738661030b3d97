"""Refusals about referrals."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "due_before_sent": entry(
        422,
        "Batas jawaban sebelum tanggal rujukan, {start}.",
        "Isi batas {start} atau sesudahnya.",
        "The answer is due before the referral is sent, {start}.",
        "Give {start} or a later date.",
    ),
    "referral_over": entry(
        409,
        "Rujukan ini berstatus {state}; jawaban yang masih mungkin: {open}.",
        "Pilih salah satu jawaban itu.",
        "This referral is {state}; answers still possible: {open}.",
        "Choose one of those.",
    ),
}
