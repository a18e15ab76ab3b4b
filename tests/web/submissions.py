"""What a route hands in, where a test says nothing else."""

from practice_cast import NOW

from rapport.web.checkins.actions import Submission

SUBMISSION = Submission(
    key="a key of the page", answers={}, words=None, route="link", language="en",
    who_sees="2026-07", answered_at=NOW,
)  # fmt: skip
