"""What a refusal says: Indonesian first, English as the second language. Each entry gives the detail and the remedy.

``{name}`` is filled from the refusal's values, which are never personal.
"""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording import access, exchange, general, indices, people, surveys, territory, ties, work
from shared.runtime.wording import Entry

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
