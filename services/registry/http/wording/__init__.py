"""What a refusal says: Indonesian first, English as the second language. Each entry gives the detail and the remedy.

``{name}`` is filled from the refusal's values, which are never personal.
"""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording import access, exchange, general, indices, people, surveys, territory, ties, work
from services.registry.http.wording.entry import Entry

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak terbaca", "Unreadable request"),
    401: ("Belum masuk", "Not signed in"),
    403: ("Tidak diizinkan", "Not allowed"),
    404: ("Tidak ditemukan", "Not found"),
    409: ("Bertentangan dengan data yang ada", "Conflict with what is recorded"),
    410: ("Sudah tidak ada", "Gone"),
    412: ("Data sudah berubah", "The record has changed"),
    413: ("Terlalu besar", "Too large"),
    422: ("Isian belum benar", "Invalid input"),
    428: ("Versi belum disebut", "Version missing"),
    429: ("Terlalu banyak percobaan", "Too many attempts"),
    503: ("Layanan lain belum menjawab", "Another service is not answering"),
}

WORDINGS: Mapping[Code, Entry] = {
    **general.WORDINGS,
    **access.WORDINGS,
    **people.WORDINGS,
    **work.WORDINGS,
    **ties.WORDINGS,
    **territory.WORDINGS,
    **surveys.WORDINGS,
    **indices.WORDINGS,
    **exchange.WORDINGS,
}
