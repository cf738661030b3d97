"""One payload of every event type, as it was when the type was first stored."""

from typing import Any

_ID = "01920000-0000-7000-8000-0000000000"
_PARTICIPANT = {"participant_id": f"{_ID}01", "village": "32.76.07.1003"}
_ENROLMENT = {
    **_PARTICIPANT,
    "enrolment_id": f"{_ID}03",
    "programme_id": f"{_ID}02",
    "kind": "kewirausahaan",
    "on": "2023-03-24",
    "synthetic": True,
}
_BUSINESS = {"business_id": f"{_ID}04", "village": "32.76.07.1003", "sector": "lele"}
_REFERRAL = {**_PARTICIPANT, "referral_id": f"{_ID}06", "to_organisation": "DKUM Kota Depok", "synthetic": True}
_SCORE = {"value": "3.380", "exact": "3.380000000", "band": "tanggap"}
_SCORE_AFTER = {"value": "3.382", "exact": "3.382142857", "band": "tanggap"}
_CHANGE = {"before": _SCORE, "after": _SCORE_AFTER}

_CAMPAIGN = {"campaign_id": f"{_ID}13", "instrument": "kotan-2022", "year": 2023, "synthetic": True}
_SHEET = {
    **_CAMPAIGN,
    "answer_id": f"{_ID}11",
    "group": "keluarga",
    "answers": {"pengetahuan_keluarga_1": 4, "pengetahuan_keluarga_2": 3},
    "on": "2023-12-16",
}

REGISTRY: dict[str, Any] = {
    "participant.registered": {
        **_PARTICIPANT,
        "group": "vulnerable_resident",
        "sex": "female",
        "age_band": "25_34",
        "on": "2023-03-08",
        "synthetic": True,
    },
    "programme.created": {
        "programme_id": f"{_ID}02",
        "kind": "kewirausahaan",
        "sector": "lele",
        "villages": ["32.76.07.1003"],
        "provider": "DKUM Kota Depok",
        "quota": 20,
        "on": "2023-03-06",
        "synthetic": True,
    },
    "session.held": {
        "session_id": f"{_ID}07",
        "programme_id": f"{_ID}02",
        "kind": "kewirausahaan",
        "village": "32.76.07.1003",
        "attended": 18,
        "families": 12,
        "on": "2023-03-20",
        "synthetic": True,
    },
    "enrolment.accepted": _ENROLMENT,
    "enrolment.completed": _ENROLMENT,
    "enrolment.dropped": {**_ENROLMENT, "reason": "working"},
    "business.started": {**_BUSINESS, "participant_id": f"{_ID}01", "on": "2023-04-03", "synthetic": True},
    "follow-up.scheduled": {
        "follow_up_id": f"{_ID}05",
        "business_id": f"{_ID}04",
        "village": "32.76.07.1003",
        "months": 3,
        "due_on": "2023-07-03",
        "synthetic": True,
    },
    "follow-up.cancelled": {
        "follow_up_id": f"{_ID}05",
        "business_id": f"{_ID}04",
        "village": "32.76.07.1003",
        "months": 3,
        "synthetic": True,
    },
    "business.followed-up": {
        **_BUSINESS,
        "follow_up_id": f"{_ID}05",
        "months": 3,
        "status": "active",
        "workers": 2,
        "on": "2023-07-03",
        "synthetic": True,
    },
    "referral.sent": {**_REFERRAL, "on": "2023-05-02", "due_on": "2023-05-16"},
    "referral.answered": {**_REFERRAL, "outcome": "placed", "on": "2023-05-10"},
    "institution.recorded": {
        "institution_id": f"{_ID}08",
        "setting": "pendidikan",
        "state": {"has_policy": True, "penggiat": 6, "urine_tests": 30},
        "previous": {"has_policy": False, "penggiat": 4, "urine_tests": 0},
        "on": "2023-02-15",
        "synthetic": True,
    },
    "regulation.recorded": {
        "regulation_id": f"{_ID}09",
        "kind": "perda",
        "number": "Contoh 1/2022",
        "in_force": True,
        "previously_in_force": False,
        "on": "2023-01-16",
        "synthetic": True,
    },
    "agent.recorded": {
        "agent_id": f"{_ID}10",
        "kind": "agen_pemulihan",
        "village": "32.76.07.1003",
        "active": True,
        "previously_active": False,
        "on": "2023-02-06",
        "synthetic": True,
    },
    "area-status.recorded": {
        "village": "32.76.07.1003",
        "year": 2024,
        "status": "siaga",
        "previous": None,
        "before": "waspada",
        "method": "IKRN",
        "on": "2024-11-20",
        "synthetic": True,
    },
    "potential-kind.added": {"kind": "pasar"},
    "potential.mapped": {
        "potential_id": f"{_ID}17",
        "village": "53.71.04.1011",
        "kind": "keterampilan",
        "what": "tenun",
        "amount": 12,
        "standing": True,
        "on": "2022-02-10",
        "synthetic": True,
    },
    "bersinar.designated": {
        "village": "32.76.07.1003",
        "year": 2023,
        "decree_number": "Contoh 3/2023",
        "decree_on": "2023-02-20",
        "revoked_on": None,
        "standing": True,
        "previously_standing": False,
        "synthetic": True,
    },
    "pillar.recorded": {
        "pillar_id": f"{_ID}18",
        "village": "32.76.07.1003",
        "role": "babinsa",
        "active": True,
        "previously_active": False,
        "since": "2022-08-01",
        "until": None,
        "synthetic": True,
    },
    "survey.answered": {
        "answer_id": f"{_ID}11",
        "instrument": "kotan-2022",
        "year": 2023,
        "group": "keluarga",
        "answers": {"pengetahuan_keluarga_1": 4, "pengetahuan_keluarga_2": 3},
        "on": "2023-11-20",
        "synthetic": True,
    },
    "survey-answer.excluded": {**_SHEET, "reason": "straight_line"},
    "survey-answer.readmitted": _SHEET,
    "survey.planned": {
        **_CAMPAIGN,
        "opens_on": "2023-11-01",
        "closes_on": "2023-12-15",
        "quotas": [{"group": "keluarga", "quota": 20}],
    },
    "survey.moved": {
        **_CAMPAIGN,
        "state": "locked",
        "before": "approved",
        "revision": 1,
        "revision_name": "Hasil pertama",
        "on": "2024-01-10",
    },
    "survey.reminded": {
        **_CAMPAIGN,
        "group": "polres",
        "addressees": ["Polres Metro Depok"],
        "answers": 6,
        "quota": 20,
        "waiting": 1,
        "closes_on": "2023-12-15",
        "on": "2023-12-01",
    },
    "index.published": {
        "published_id": f"{_ID}12",
        "area": "32.76",
        "area_name": "Kota Depok",
        "year": 2022,
        "edition": "kotan-2022",
        "index": "3.602",
        "category": "Sangat Tanggap",
        "variables": {},
        "source": "BNNK Depok",
    },
    "index.reference-chosen": {
        "published_id": f"{_ID}12",
        "area": "32.76",
        "year": 2022,
        "edition": "kotan-2022",
        "index": "3.602",
        "reason": "The city office's own report.",
    },
}

_SCORE_CHANGED = {
    "area": "32.76",
    "year": 2023,
    "instrument": "kotan-2022",
    "provisional": True,
    "synthetic": True,
    "survey": _CHANGE,
    "running": {"before": None, "after": _SCORE},
    "variables": [{"variable": "masyarakat", "survey": _CHANGE, "running": _CHANGE}],
    "target": {"value": "3.602", "from_year": 2022, "survey_gap": "-0.220", "running_gap": None},
    "completeness": [{"group": "keluarga", "answers": 14, "quota": 20}],
    "movements": [
        {
            "event_id": f"{_ID}2a",
            "event_type": "id.bersinar.registry.survey.answered.v1",
            "at": "2023-11-20T03:00:00Z",
            "village": None,
            "detail": "keluarga",
            "reading": "survey",
            "variable": "masyarakat",
            "indicator": "interaksi_warga",
            "index_share": "0.002142857",
            "variable_share": "0.010714285",
            "synthetic": True,
        }
    ],
    "movements_left_out": 0,
    "index_share_left_out": {"survey": "0.000000000"},
}
_PARKED = {"stream": "3276.registry", "seq": 41, "error": "ValidationError"}
_ALERT = {
    "alert_id": f"{_ID}13",
    "rule": "below_target",
    "cause": f"{_ID}2a",
    "recipient_id": f"{_ID}14",
    "recipient": "BNNK Depok",
    "channels": ["inbox", "email"],
    "year": 2023,
    "summary_id": "Indeks berjalan turun di bawah target.",
    "summary_en": "The running index fell below the target.",
    "at": "2023-11-20T03:00:01Z",
    "synthetic": True,
}

DATA: dict[str, Any] = {
    **{f"id.bersinar.registry.{name}.v1": data for name, data in REGISTRY.items()},
    "id.bersinar.scoring.score.changed.v1": _SCORE_CHANGED,
    "id.bersinar.scoring.event.parked.v1": _PARKED,
    "id.bersinar.notifications.alert.raised.v1": _ALERT,
    "id.bersinar.notifications.alert.delivered.v1": {
        "alert_id": f"{_ID}13",
        "channel": "email",
        "outcome": "delivered",
        "attempts": 2,
    },
    "id.bersinar.notifications.event.parked.v1": _PARKED,
}
SUBJECTS = {
    "id.bersinar.registry.index.published.v1": "32.76",
    "id.bersinar.scoring.score.changed.v1": "32.76",
    "id.bersinar.scoring.event.parked.v1": "3276.registry",
    "id.bersinar.notifications.event.parked.v1": "3276.registry",
}
