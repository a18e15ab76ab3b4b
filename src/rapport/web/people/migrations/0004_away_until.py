"""When somebody is away, others are told; the practice's settings carry a version (P11)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_policies")]

    operations = [
        migrations.AddField("staff", "away_until", models.DateTimeField(null=True)),
        migrations.AddField("practice", "version", models.PositiveIntegerField(default=1)),
    ]
