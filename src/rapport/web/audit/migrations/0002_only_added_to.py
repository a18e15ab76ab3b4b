"""The log is found by thing and by reader, and the database refuses to change or cut it."""

from typing import Any

from django.db import migrations, models

from rapport.web.audit import guards


def _up(_apps: Any, schema_editor: Any) -> None:
    guards.put_up(schema_editor.connection)


def _down(_apps: Any, schema_editor: Any) -> None:
    guards.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "entry",
            models.Index(fields=["practice_id", "thing_id", "number"], name="audit_about"),
        ),
        migrations.AddIndex(
            "entry", models.Index(fields=["practice_id", "by_id", "at"], name="audit_by")
        ),
        migrations.RunPython(_up, _down),
    ]
