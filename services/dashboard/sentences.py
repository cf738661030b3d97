"""Plain sentences about what happened, in the reader's language."""

from services.dashboard.view import CityView, FeedRow, InstrumentOutline
from services.dashboard.wording import Wording
from shared.contracts.envelope import short_type


def what_happened(row: FeedRow, words: Wording) -> str:
    """``Usaha dimulai: lele, Ratu Jaya``: what, which kind, where."""
    if row.answers > 1:
        return _answers_came(row, words)
    what = words.known("event", short_type(row.event_type))
    detail = words.known("detail", row.detail) if row.detail else None
    if detail and row.place:
        return words.text("feed.sentence_detail_place", what=what, detail=detail, place=row.place)
    if detail:
        return words.text("feed.sentence_detail", what=what, detail=detail)
    if row.place:
        return words.text("feed.sentence_place", what=what, place=row.place)
    return what


def _answers_came(row: FeedRow, words: Wording) -> str:
    """``36 jawaban survei masuk: 9 kelompok``, or the group's name when all are from one."""
    count = words.whole(row.answers)
    if not row.details:
        return words.text("feed.answers", count=count)
    one = words.known("detail", row.details[0])
    groups = one if len(row.details) == 1 else words.text("feed.answers_groups", count=words.whole(len(row.details)))
    return words.text("feed.answers_of", count=count, groups=groups)


def variable_name(key: str, instrument: InstrumentOutline | None, words: Wording) -> str:
    """What the instrument calls a variable."""
    names = instrument.variables.get(key) if instrument else None
    return words.name(names) if names else words.known("variable", key)


def path_of(row: FeedRow, instrument: InstrumentOutline | None, words: Wording) -> str:
    """``kewirausahaan → Ketahanan masyarakat``, only the variable for answers that came together, or how many variables
    when it went through several."""
    variables = {movement.variable for movement in row.movements}
    if len(variables) > 1:
        return words.counted("feed.path_many", len(variables))
    movement = row.movements[0]
    if row.answers > 1:
        return variable_name(movement.variable, instrument, words)
    names = instrument.indicators.get(movement.indicator) if instrument else None
    # An instrument explains an indicator in brackets behind its name; here the name is enough.
    indicator = words.name(names).split(" (")[0] if names else words.known("indicator", movement.indicator)
    return words.text("feed.path", indicator=indicator, variable=variable_name(movement.variable, instrument, words))


def band_name(key: str | None, instrument: InstrumentOutline | None, words: Wording) -> str:
    """The band's name as the instrument gives it; a published category keeps the word it was printed with."""
    if key is None:
        return ""
    for band in instrument.bands if instrument else ():
        if band.key == key:
            return words.name(band.names)
    return words.known("band", key.lower().replace(" ", "_")) if _is_known(key, words) else key


def _is_known(key: str, words: Wording) -> bool:
    return f"band.{key.lower().replace(' ', '_')}" in words.texts


def group_name(key: str, instrument: InstrumentOutline | None, words: Wording) -> str:
    """What the instrument calls a respondent group."""
    for group in instrument.groups if instrument else ():
        if group.key == key:
            return words.name(group.names)
    return words.known("detail", key)


def why_no_survey_index(view: CityView, words: Wording) -> str:
    """What is missing for a survey index, so that somebody can go and get it."""
    if view.answers == 0:
        return words.text("index.survey_missing_all", year=view.year)
    if view.silent_groups:
        names = ", ".join(group_name(key, view.instrument, words) for key in view.silent_groups)
        return words.text("index.survey_missing_groups", groups=names)
    return words.text("index.survey_missing_variable")


def conflicts(view: CityView, words: Wording) -> tuple[str, ...]:
    """One sentence for every year whose published values differ."""
    found = []
    for year in sorted({point.year for point in view.published}):
        points = [p for p in view.published if p.year == year and p.index is not None]
        values = sorted({p.index for p in points if p.index is not None})
        if len(values) > 1:
            listed = " / ".join(words.number(value) for value in values)
            chosen = next((p.index for p in points if p.chosen), None)
            decision = (
                words.text("trend.conflict_open")
                if chosen is None
                else words.text("trend.conflict_chosen", value=words.number(chosen))
            )
            found.append(words.text("trend.conflict", year=year, values=listed) + " " + decision)
    return tuple(found)
