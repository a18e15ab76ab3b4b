"""A response plan of which nothing is known yet, as the page sends it."""

EMPTY_PLAN = {
    "responder": "", "backup": "", "lead": "", "outside": "", "hours": "", "minutes": "",
    "emergency": "", "help_en": "", "help_es": "", "help_de": "", "consent_en": "",
    "consent_es": "", "consent_de": "", "version": "0",
}  # fmt: skip
