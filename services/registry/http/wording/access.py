"""Refusals about who may do what."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "outside_scope": entry(
        403,
        "Data ini di luar wilayah atau instansi yang dipercayakan kepada Anda.",
        "Periksa kodenya, atau mintalah administrator kantor memperluas wilayah peran Anda.",
        "This lies outside the region or organisation entrusted to you.",
        "Check the code, or ask an administrator of the office to widen the scope of your role.",
    ),
}
