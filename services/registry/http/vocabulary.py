"""The office's words: kinds of programmes and sectors, in both languages."""

from pydantic import BaseModel

from services.registry.domain.vocabulary import Names
from services.registry.http.documents import lists
from services.registry.http.reading import Reading
from shared.runtime.web import Routes

router = Routes(prefix="/v1/vocabulary", tags=["vocabulary"])


class WordView(BaseModel):
    """A word of the records and its names; ``also`` lists other ways to write it that are understood."""

    word: str
    id: str
    en: str
    also: tuple[str, ...] = ()


class VocabularyView(BaseModel):
    """Both lists, in the order of the files."""

    kinds: list[WordView]
    sectors: list[WordView]


@router.get("", summary="Kinds of programmes and sectors", **lists())
async def show_vocabulary(reading: Reading) -> VocabularyView:
    words = reading.office.vocabulary
    return VocabularyView(
        kinds=[_view(word, names) for word, names in words.kinds.items()],
        sectors=[_view(word, names) for word, names in words.sectors.items()],
    )


def _view(word: str, names: Names) -> WordView:
    return WordView(word=word, id=names.id, en=names.en, also=names.also)
