from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_away_until"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="keep_until",
            field=models.DateField(null=True),
        ),
    ]
