"""What people read."""

import pytest

from services.notifications.texts import Story, email_body, wording

POINTS = {"before": {"value": "3.610", "band": "sangat_tanggap"}, "after": {"value": "3.412", "band": "tanggap"}}
SCORE = {
    "region": "32.76",
    "year": 2023,
    "provisional": True,
    "target": "3.602",
    "readings": [{"reading": "survey", **POINTS}],
}
VISIT = {"region": "32.76", "village": "32.76.07.1003", "due_on": "2023-03-03", "organisation": None, "months": 3}
REFERRAL = VISIT | {"organisation": "DKUM & mitra <Depok>", "months": None}
PARKED = {"region": "32.76", "stream": "3276.registry", "seq": 12}
SURVEY = {
    "region": "32.76",
    "village": None,
    "year": 2023,
    "group": "polres",
    "answers": 6,
    "quota": 20,
    "due_on": "2023-12-14",
}
FACTS = {
    "band_changed": SCORE,
    "below_target": SCORE,
    "referral_due": REFERRAL,
    "follow_up_due": VISIT,
    "event_parked": PARKED,
    "commitment_due": REFERRAL | {"village": None},
    "commitment_overdue": REFERRAL | {"village": None},
    "survey_short": SURVEY,
    "survey_invited": SURVEY,
    "consent_late": VISIT | {"purpose": "livelihood", "remaining": 4},
    "escalated_to_head": REFERRAL | {"waited": 7, "work": "referral"},
    "escalated_to_province": REFERRAL | {"waited": 14, "work": "commitment", "village": None},
}


def story(rule, count=1):
    return Story(rule, "32.76", True, count, tuple([FACTS[rule]] * min(count, 10)))


def test_indonesian_has_a_decimal_comma_and_says_what_is_provisional():
    words = wording(story("band_changed"), "id")
    assert words.subject == "Kota Depok 2023: kini Tanggap"
    assert words.summary == (
        "Kota Depok 2023: indeks survei kini Tanggap (3,610 → 3,412; sebelumnya Sangat Tanggap). Perhitungan sementara."
    )


def test_english_keeps_the_indonesian_term_and_explains_it():
    words = wording(story("band_changed"), "en")
    assert "survey index is now Tanggap (responsive) (3.610 → 3.412" in words.summary


def test_the_gap_has_a_real_minus():
    assert "selisih −0,190" in wording(story("below_target"), "id").lines[0]
    assert wording(story("below_target"), "en").summary == (
        "Kota Depok 2023: survey index fell to 3.412, below the target of 3.602. Provisional."
    )


def test_work_is_told_by_village_and_date():
    assert wording(story("follow_up_due"), "id").summary == (
        "Kunjungan 3 bulan ke sebuah usaha di Ratu Jaya, Kota Depok, belum dicatat; tenggatnya 3 Maret 2023."
    )
    assert "due on 3 March 2023" in wording(story("referral_due"), "en").summary


def test_a_survey_says_how_many_answers_are_missing_and_until_when():
    assert wording(story("survey_short"), "id").summary == (
        "Kelompok Polres di Kota Depok baru memberi 6 dari 20 jawaban survei 2023; hari terakhirnya 14 Desember 2023."
    )
    assert wording(story("survey_invited"), "en").subject == (
        "Please answer the survey of Kota Depok before 14 December 2023"
    )


@pytest.mark.parametrize("rule", FACTS)
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("count", [1, 25])
def test_every_rule_has_its_words_in_both_languages(rule, language, count):
    words = wording(story(rule, count), language)
    assert words.subject
    assert "\n" not in words.subject + words.summary
    assert len(words.lines) == min(count, 10)
    assert count == 1 or "25" in words.summary
    body = email_body(story(rule, count), language, "DKUM Kota Depok", "32.76", None)
    for form in (body.text, body.html):
        assert ("Data sintetis" if language == "id" else "Synthetic data") in form
        assert ("15" in form) is (count == 25)
        assert "{{" not in form
        assert "None" not in form


def test_html_is_escaped_and_text_is_not():
    body = email_body(story("referral_due"), "id", "DKUM", "32.76", "https://dasbor.example")
    assert "DKUM &amp; mitra &lt;Depok&gt;" in body.html
    assert "DKUM & mitra <Depok>" in body.text
    assert '<a href="https://dasbor.example">' in body.html


def test_an_unknown_village_is_called_by_its_code():
    strange = Story("follow_up_due", "32.76", False, 1, (VISIT | {"village": "32.76.99.9999"},))
    assert "32.76.99.9999" in wording(strange, "id").summary
