from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="keep_until",
            field=models.DateField(null=True),
        ),
    ]
