"""The application as a web server loads it: `rapport serve`, or any other that speaks WSGI."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

from rapport.web.site.turns import Application, short_ones_take_turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")
application: Application = get_wsgi_application()
if connection.vendor == "sqlite":
    application = short_ones_take_turns(application)
get_resolver().url_patterns  # noqa: B018 - every page is loaded now, not by the first who comes

# What is loaded now stays; looking through all of it for garbage, again and again, took a tenth of
# the processor's time under load.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
# A thread that waited for the disk holds the turn to write: it must not wait for a page, too.
sys.setswitchinterval(0.0005)
