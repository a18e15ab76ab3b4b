"""All addresses. Each page declares who may enter (core.pages; docs/reference/access.md)."""

from django.urls import include, path

from rapport.web.core.pages import Anyone, page
from rapport.web.site import views

MACHINES = Anyone(why="says only whether the program works")

urlpatterns = [
    path("c/", include("rapport.web.checkins.urls")),  # first: asked for the most
    path("", include("rapport.web.practice.urls")),
    path("", include("rapport.web.casework.urls")),
    path("sign-in/", include("rapport.web.people.sign_in.urls")),
    path("m/", include("rapport.web.messages.urls")),
    path("forget/", include("rapport.web.upkeep.urls")),
    path("checkins/", include("rapport.web.checkins.by_staff.urls")),
    path("flags/", include("rapport.web.safety.urls")),
    path("office/", include("rapport.web.office.urls")),
    path("office/", include("rapport.web.reading.urls")),
    path("healthz", page(views.healthz, may=MACHINES, works_empty=True), name="healthz"),
    path("readyz", page(views.readyz, may=MACHINES, works_empty=True), name="readyz"),
]

handler400 = "rapport.web.site.refusals.bad_request"
handler403 = "rapport.web.site.refusals.forbidden"
handler404 = "rapport.web.site.refusals.not_here"
handler500 = "rapport.web.site.refusals.fault"
handler429 = "rapport.web.site.refusals.too_often"
