"""Forms and cases of the measures' tests."""

import pytest
from practice_cast import NOW

from rapport.web.measures.actions import pin_form
from rapport.web.measures.queries import form


@pytest.fixture
def pinned(cast):
    """Pin a form and show it as whoever fills it in sees it."""

    def pin(instrument, language="en"):
        kept = pin_form(instrument=instrument, language=language, by=cast.RAPPORT, at=NOW)
        return form(kept, wanted_language=language)

    return pin
