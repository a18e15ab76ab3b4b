"""What every stored thing has: a random id, a practice, and a version against lost updates."""

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Self, cast
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models

from rapport.web.core import one_practice as one_practice  # has its say after each migration
from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften
from rapport.web.core.errors import NotHere, OutsidePractice, Stale
from rapport.web.core.keys import key_store
from rapport.web.core.privacy import Kept
from rapport.web.core.sealing import seal, unseal
from rapport.web.core.written_often import insert


class Sealed(models.BinaryField):  # type: ignore[type-arg]
    """A value that only the key of one person opens; empty is kept as nothing, never as "".

    The model says whose key by its property ``sealed_for``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"null": True, "default": None, **kwargs})


class OfPractice(models.Manager["Stored"]):
    """Only what belongs to the practice one is in; outside of any it raises."""

    def get_queryset(self) -> models.QuerySet["Stored"]:
        return super().get_queryset().filter(practice_id=current_practice())


class Stored(models.Model):
    """A row of one practice."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practice_id = models.UUIDField(db_index=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Self]] = OfPractice()  # type: ignore[assignment]

    privacy: ClassVar[dict[str, Kept]] = {}
    COMMON: ClassVar[dict[str, Kept]] = {
        "id": Kept.ID,
        "practice_id": Kept.ID,
        "version": Kept.COUNT,
    }

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def sealed_for(self) -> str:
        """Id of the person whose key seals this row."""
        raise NotImplementedError

    def put(self, field: str, text: str | None) -> None:
        """Seal a text into a field of this row; nothing stays nothing."""
        value = None
        if text:
            place = self._place(field)
            value = seal(text.encode(), key=key_store().of(self.sealed_for), place=place)
        setattr(self, field, value)

    def get(self, field: str) -> str | None:
        """Open a field of this row."""
        sealed = getattr(self, field)
        if sealed is None:
            return None
        return self.opened(field, sealed, of=self.pk, key=self.sealed_for)

    @classmethod
    def opened(cls, field: str, sealed: bytes | None, *, of: UUID, key: UUID | str) -> str:
        """Open a field of one of many rows, of which only this field was read.

        Args:
            of: id of the row.
            key: id of the person whose key seals it.
        """
        if sealed is None:
            return ""
        place = f"{cls._meta.label_lower}.{field}:{of}"
        return unseal(bytes(sealed), key=key_store().of(str(key)), place=place).decode()

    def _place(self, field: str) -> str:
        return f"{self._meta.label_lower}.{field}:{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the row; a new one belongs to the practice one is in."""
        if self._state.adding:
            self.practice_id = current_practice()
        elif self.practice_id != current_practice():
            raise OutsidePractice("a row of another practice")
        super().save(*args, **kwargs)

    def save_if_unchanged(self, *, seen: int) -> None:
        """Keep a change only if nobody changed the row since version ``seen`` was read.

        Raises:
            Stale: somebody did; nothing was written.
        """
        mine = type(self).objects.filter(pk=self.pk, version=seen)
        if not mine.update(version=seen + 1):
            raise Stale(str(self._meta.verbose_name))
        self.version = seen + 1
        self.save()

    @classmethod
    def keep_many(cls, rows: Sequence[Self]) -> None:
        """Keep many new rows of the practice one is in, as `save` would keep each."""
        practice = current_practice()
        for row in rows:
            row.practice_id = practice
        insert(rows)

    @classmethod
    def one(cls, id: UUID | str) -> Self:
        """The row of this id.

        Raises:
            NotHere: there is none in this practice.
        """
        try:
            found = _by_id(cls).first(id=id)
        except ValidationError as fault:
            raise NotHere(str(cls._meta.verbose_name)) from fault
        if found is None:
            raise NotHere(str(cls._meta.verbose_name))
        return cast(Self, found)


@cache
def _by_id(model: Any) -> AskedOften[Any]:
    return AskedOften(lambda id: model.objects.filter(pk=id), id=models.UUIDField())
