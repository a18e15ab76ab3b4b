"""Write the policy, state one for a case, accept it."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import Stale
from rapport.web.people.belonging.actions import say_own_yes
from rapport.web.people.belonging.own import own_open_case
from rapport.web.people.models import POLICIES, Membership, PolicyText
from rapport.web.people.queries import Reader
from rapport.web.people.secrets.errors import EmptyPolicy, NoSuchPolicy, TextChanged
from rapport.web.people.secrets.queries import (
    SEVERAL,
    agreement_of,
    stated,
    words_in_force,
    written,
)
from rapport.web.people.secrets.texts import version_of

LETTERS = 4_000


@transaction.atomic
def write_policy(
    *, kind: str, language: str, words: str, seen: int, reader: Reader, at: datetime
) -> None:
    """Put the practice's own words in the place of what stood there; members accept them anew.

    Raises:
        Stale: somebody else wrote other words since; nothing was written.
    """
    before = written(kind=kind, language=language, reader=reader)
    if before.row_version != seen:
        raise Stale("text of the secrets policy")
    if not words.strip() or len(words) > LETTERS:
        raise EmptyPolicy
    mine = PolicyText.objects.filter(kind=kind, language=language, ended_at=None)
    mine.filter(version=seen).update(ended_at=at)
    row = PolicyText(
        kind=kind,
        language=language,
        words=words.strip(),
        text_version=version_of(kind, words),
        written_at=at,
        version=seen + 1,
    )
    _keep_only(row)
    record_about(row, "secrets policy written", by=reader.by, at=at, kind=kind, language=language)


@transaction.atomic
def state_policy(*, case: UUID, kind: str, seen: int, reader: Reader, at: datetime) -> None:
    """State another policy for a case; its members accept it before their next answer."""
    if kind not in POLICIES:
        raise NoSuchPolicy
    of = own_open_case(case, reader=reader)
    of.policy = kind
    of.save_if_unchanged(seen=seen)
    record_about(of, "secrets policy stated", by=reader.by, at=at, kind=kind)


@transaction.atomic
def accept(*, membership: UUID, version: str, by: By, at: datetime) -> None:
    """A member accepts what they read; accepting it twice changes nothing.

    Raises:
        TextChanged: other words are in force by now.
    """
    asked = agreement_of(membership, at=at)
    if asked is None:
        return
    if asked.version != version:
        raise TextChanged
    member = Membership.one(membership)
    if member.case.kind in SEVERAL:
        _keep_policy(member, by=by, at=at)
    if asked.young:
        say_own_yes(membership=membership, text_version=version, by=by, at=at)


def _keep_only(row: PolicyText) -> None:
    """Keep the one text in force; the database refuses a second one written at the same moment."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise Stale(str(row._meta.verbose_name)) from fault


def _keep_policy(member: Membership, *, by: By, at: datetime) -> None:
    kind = stated(member.case.policy)
    found = words_in_force(kind=kind, language=member.person.language)
    member.policy_accepted, member.policy_accepted_at = found.version, at
    member.save_if_unchanged(seen=member.version)
    record_about(member, "secrets policy accepted", by=by, at=at, text=found.version)
