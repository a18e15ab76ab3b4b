"""No edit is lost: of many at once each is kept or refused, and both versions are shown."""

import threading

import pytest
from django.db import connection

from rapport.web.audit.queries import verify
from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.edits import Both, differences
from rapport.web.core.errors import Stale
from rapport.web.office.forms import PracticeForm
from rapport.web.people.actions import add_staff
from rapport.web.people.models import Staff
from rapport.web.people.queries import reader_of
from rapport.web.people.staff.actions import change

EDITORS, EDITS = 10, 20


@pytest.mark.slow
def test_of_many_editors_each_edit_is_kept_or_refused_and_none_overwritten(
    transactional_db, cast, practice
):
    lead = add_staff(
        name="Ines", email="ines@example.org", roles=["practice-lead"], by=cast.RAPPORT, at=now()
    )
    reader, outcomes = reader_of(lead), []

    def edit(editor):
        with inside(practice):
            for k in range(EDITS):
                outcomes.append(_tried(cast.imani, f"{editor}-{k}", reader))
        connection.close()

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(EDITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [name for name in outcomes if name]
    stored = Staff.one(cast.imani)
    assert len(outcomes) == EDITORS * EDITS
    assert stored.version == 1 + len(kept)
    assert stored.name in kept
    assert 0 < len(kept) < len(outcomes)  # there were races, and not all were lost
    assert verify().fault is None


def _tried(staff, name, reader):
    """Read, then change what was read; gives the name that was kept, or None."""
    seen = Staff.one(staff)
    told = {"email": seen.email, "roles": seen.roles, "seen": seen.version}
    try:
        change(staff=staff, name=name, reader=reader, at=now(), **told)
    except Stale:
        return None
    return name


def test_only_what_differs_is_shown_in_the_words_of_the_form(db):
    form = PracticeForm(
        {"name": "Lindenhof", "zone": "Europe/Berlin", "language": "de", "consent_age": "16",
         "version": "1"}
    )  # fmt: skip
    assert form.is_valid()
    stored = {
        "name": "", "zone": "Europe/Berlin", "language": "en", "consent_age": 16, "version": 2,
    }  # fmt: skip
    assert differences(form, stored) == [
        Both(name="name", label="Name", theirs="–", mine="Lindenhof"),
        Both(name="language", label="Language", theirs="English", mine="German"),
    ]
