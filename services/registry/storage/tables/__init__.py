"""The registry's own tables, portable between SQLite and PostgreSQL.

Ids are UUIDv7 text made by us, so that rows sort by the time they were made. ``version`` counts the states of a row
and is its ETag. Columns called ``sealed`` hold AES-GCM bytes, ``_index`` a keyed hash.
"""

from services.registry.storage.tables.access import (
    account_sessions,
    accounts,
    audit_head,
    audit_log,
    oidc_pending,
    sign_in_tries,
)
from services.registry.storage.tables.columns import CODE_LENGTH, ID_LENGTH, metadata
from services.registry.storage.tables.indices import (
    area_status_counts,
    index_references,
    national_counts,
    published_indices,
)
from services.registry.storage.tables.listing import SORTED
from services.registry.storage.tables.livelihoods import businesses, follow_ups, memberships, mentored_groups, supports
from services.registry.storage.tables.people import consents, doubles, erasures, participants, stays, terms, unmatched
from services.registry.storage.tables.programmes import attendances, enrolments, programmes, sessions
from services.registry.storage.tables.surveys import campaigns, survey_answers, survey_links, survey_reminders
from services.registry.storage.tables.territory import (
    agents,
    area_statuses,
    designations,
    institution_states,
    institutions,
    pillars,
    potential_kinds,
    potentials,
    regions,
    regulations,
)
from services.registry.storage.tables.ties import (
    carried_commitments,
    commitments,
    contacts,
    forums,
    organisations,
    referral_steps,
    referrals,
)
from services.registry.storage.tables.transfers import export_people, exports, import_findings, import_rows, imports
from services.registry.storage.tables.upkeep import (
    answers,
    seeds,
)

__all__ = [
    "CODE_LENGTH",
    "ID_LENGTH",
    "SORTED",
    "account_sessions",
    "accounts",
    "agents",
    "answers",
    "area_status_counts",
    "area_statuses",
    "attendances",
    "audit_head",
    "audit_log",
    "businesses",
    "campaigns",
    "carried_commitments",
    "commitments",
    "consents",
    "contacts",
    "designations",
    "doubles",
    "enrolments",
    "erasures",
    "export_people",
    "exports",
    "follow_ups",
    "forums",
    "import_findings",
    "import_rows",
    "imports",
    "index_references",
    "institution_states",
    "institutions",
    "memberships",
    "mentored_groups",
    "metadata",
    "national_counts",
    "oidc_pending",
    "organisations",
    "participants",
    "pillars",
    "potential_kinds",
    "potentials",
    "programmes",
    "published_indices",
    "referral_steps",
    "referrals",
    "regions",
    "regulations",
    "seeds",
    "sessions",
    "sign_in_tries",
    "stays",
    "supports",
    "survey_answers",
    "survey_links",
    "survey_reminders",
    "terms",
    "unmatched",
]
