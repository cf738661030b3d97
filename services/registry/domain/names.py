"""Names as they sound: how one name written in several ways is found to be one.

What is treated as equal, for names as Indonesian identity cards and attendance lists write them:

- capitals, accents, apostrophes and other signs; whatever follows a comma (degrees); titles in front (H., Hj., Dr.);
- the many short forms of Muhammad (M., Moh., Mochamad …), Abd. for Abdul, St. for Siti, Achmad and Akhmad for Ahmad;
- spelling of before 1947 and 1972: oe for u, dj for j, tj for c, nj for ny, sj for sy, ch for kh;
- sounds people write in several ways: kh and h, z and s, v, ph and f, q and k, x and ks, th and t, sy and s, ae and ai,
  double letters, an h at the end.

A single j that an old spelling uses for y stays: it can't be told from a new j. Comparing the results letter by letter
(rapidfuzz, in commands/duplicates.py) forgives that and slips of the pen.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

TOKENS_MAX: Final = 6

# As they sound: kh and h are one, as are rr and r, hajah and haja.
_TITLES: Final = frozenset({"h", "hj", "haji", "haja", "dr", "drs", "dra", "ir", "prof", "r", "alm"})
_SPELLINGS: Final = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ni"), ("sj", "s"), ("ch", "h"), ("kh", "h"), ("sy", "s"),
    ("dz", "s"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("v", "f"), ("z", "s"), ("q", "k"), ("x", "ks"),
    ("ae", "ai"), ("ny", "ni"), ("ie", "i"), ("y", "i"),
)  # fmt: skip
_SHORT: Final = {
    "m": "muhamad", "md": "muhamad", "muh": "muhamad", "moh": "muhamad", "mohd": "muhamad", "muhd": "muhamad",
    "mohamad": "muhamad", "mohamed": "muhamad", "muhamed": "muhamad", "mu": "muhamad", "mo": "muhamad",
    "abd": "abdul", "st": "siti", "ahmed": "ahmad", "ahma": "ahmad", "nor": "nur",
}  # fmt: skip
_SIGNS = re.compile(r"[^0-9a-z]+")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc`]")


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name as they sound, in their order; titles and degrees left out."""
    plain = name.partition(",")[0]
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    plain = plain.casefold()
    heard = tuple(_sound(word) for word in _SIGNS.sub(" ", _APOSTROPHES.sub("", plain)).split())
    # Titles go as long as a name remains.
    return tuple(token for token in heard if token not in _TITLES) or heard


def normal(name: str) -> str:
    """A name as it sounds, its words in the order of the alphabet: equal for people who say their name turned round."""
    return in_order(tokens(name))


def in_order(words: Sequence[str]) -> str:
    """The same of a name's words."""
    return " ".join(sorted(words))


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    """Repeats the rules until none applies, so that a sound is its own sound. A village has few different names."""
    if word.isdigit():
        return word
    while True:
        heard = _once(word)
        if heard == word:
            return word
        word = heard


def _once(word: str) -> str:
    for written, heard in _SPELLINGS:
        word = word.replace(written, heard)
    word = re.sub(r"([a-z])\1+", r"\1", word)
    if len(word) > 2:
        word = word.removesuffix("h")
    return _SHORT.get(word, word)
