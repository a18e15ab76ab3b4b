"""The application as a web server loads it: `rapport serve`, or any other that speaks WSGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")
application = get_wsgi_application()
