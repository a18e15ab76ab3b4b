"""The application as a web server loads it: `rapport serve`, or any other that speaks WSGI."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")
application = get_wsgi_application()

# What is loaded now stays; looking through all of it for garbage, again and again, took a tenth of
# the processor's time under load.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
# A thread that waited for the disk holds the turn to write: it must not wait for a page, too.
sys.setswitchinterval(0.0005)
