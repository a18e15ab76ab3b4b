"""The flags of one check-in are looked for with every answer that comes in."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("safety", "0003_nobody_told_yet")]

    operations: ClassVar = [
        migrations.AddIndex(
            "flag", models.Index(fields=["answers_id"], name="flags_of_a_check_in")
        ),
    ]
