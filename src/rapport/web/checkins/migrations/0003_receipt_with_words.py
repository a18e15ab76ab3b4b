"""A caseload asks who wrote lately."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("checkins", "0002_cards_and_languages")]

    operations: ClassVar = [
        migrations.AddIndex(
            "receipt",
            models.Index(
                fields=["received_at"],
                condition=models.Q(words__isnull=False),
                name="receipt_with_words",
            ),
        ),
    ]
