"""The spelling of region names: what the source prints, as people write it.

The source already writes names in mixed case. What is left are two province names, typing slips that can be
recognised by their form (a stray quote mark, a missing capital, blanks round a hyphen) and a few single names.
Nothing is guessed: a slip whose right spelling isn't evident stays as the source prints it.
"""

import re
from collections.abc import Mapping

COMMON_PROVINCE_NAMES: Mapping[str, str] = {
    "Daerah Khusus Ibukota Jakarta": "DKI Jakarta",
    "Daerah Istimewa Yogyakarta": "DI Yogyakarta",
}

SINGLE_NAMES: Mapping[str, str] = {
    "ALue": "Alue",
    "IE Masen": "Ie Masen",
    "KI'E": "Ki'e",
    "LIang Sola": "Liang Sola",
    "Tanjung RHU": "Tanjung Rhu",
}

# Fragments that lost their apostrophe ("Apa an" for Apa'an), and words that are rightly small.
STAYS_SMALL = frozenset({"an", "ana", "dan", "i", "ite", "lha", "uran", "x"})

_QUOTE_INSIDE_WORD = re.compile(r'(?<=\w)["’](?=\w)')
_BLANK_ROUND_JOINER = re.compile(r"\s*([-/])\s*")
_DOT_BEFORE_WORD = re.compile(r"(?<=\w)\.(?=[A-Z][a-z])")
_WORDS_RUN_TOGETHER = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{3})")
_DOT_AFTER_WHOLE_WORD = re.compile(r"(?<=[a-z]{3})\.$|(?<=Baro)\.$")
_FIRST_LETTER = re.compile(r"^[a-z]|(?<=\s)[a-z]\w*")


def common_name(printed: str) -> str:
    """The name as people write it, from the name as the source prints it."""
    name = COMMON_PROVINCE_NAMES.get(printed, SINGLE_NAMES.get(printed, printed))
    name = _QUOTE_INSIDE_WORD.sub("'", " ".join(name.split())).removesuffix("*")
    name = _BLANK_ROUND_JOINER.sub(r"\1", name)
    name = _WORDS_RUN_TOGETHER.sub(" ", _DOT_BEFORE_WORD.sub(". ", name))
    name = _DOT_AFTER_WHOLE_WORD.sub("", name)
    return _FIRST_LETTER.sub(_capitalised, name)


def _capitalised(word: re.Match[str]) -> str:
    text = word.group()
    return text if word.start() and text in STAYS_SMALL else text[0].upper() + text[1:]
