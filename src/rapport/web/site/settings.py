"""Django's settings. What an installation may choose is read from the environment."""

from pathlib import Path

from csp import constants as csp

from rapport.web.core import engine, environment  # engine: Django opens what it chose
from rapport.web.site import logs

HOME = Path(environment.text("RAPPORT_HOME", "."))
RAPPORT_KEYS = HOME / "keys.sqlite3"
RAPPORT_AUDIT_ANCHORS = Path(
    environment.text("RAPPORT_AUDIT_ANCHORS", str(HOME / "audit-heads.log"))
)
RAPPORT_BACKUPS = Path(environment.text("RAPPORT_BACKUPS", str(HOME / "backups")))
RAPPORT_KEY_BACKUPS = Path(environment.text("RAPPORT_KEY_BACKUPS", str(HOME / "key-backups")))
environment.default_file("RAPPORT_PRACTICE_KEY", HOME / "practice.key")
environment.default_file("RAPPORT_SECRET_KEY", HOME / "secret.key")
SECRET_KEY = environment.text("RAPPORT_SECRET_KEY", "")  # Django refuses to work with an empty one
DEBUG = False
TLS = environment.flag("RAPPORT_TLS", default=False)  # reached by https, our own or a proxy's
ALLOWED_HOSTS = environment.text("RAPPORT_HOSTS", "localhost,127.0.0.1").split(",")
DEMO = environment.flag("RAPPORT_DEMO", default=False)  # counts in a made-up practice alone
LOGGING = logs.LOGGING

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rapport.web.audit",
    "rapport.web.people",
    "rapport.web.measures",
    "rapport.web.safety",
    "rapport.web.checkins",
    "rapport.web.reading",
    "rapport.web.office",
    "rapport.web.casework",
    "rapport.web.messages",
    "rapport.web.practice",
    "rapport.web.jobs",
    "rapport.web.upkeep",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch")]


def databases() -> dict[str, dict[str, object]]:
    """SQLite in the home folder, or the PostgreSQL that RAPPORT_DATABASE names."""
    named = environment.text("RAPPORT_DATABASE", "")
    return {"default": _postgresql(named) if named else _sqlite(HOME / "rapport.sqlite3")}


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "rapport.web.core.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # opening takes longer than a request; one connection a thread
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a reader that turns writer can't be refused half-way
            "timeout": 20,
            "init_command": engine.opening(),
        },
    }


def _postgresql(name: str) -> dict[str, object]:
    parts = dict(part.split("=", 1) for part in name.split())
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    rest = {known[part]: value for part, value in parts.items() if part in known}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], **rest}


DATABASES = databases()

# Pages
HERE = Path(__file__).parent
ROOT_URLCONF = "rapport.web.site.urls"
WSGI_APPLICATION = "rapport.web.site.wsgi.application"
MIDDLEWARE = [
    "rapport.web.site.headers.Policy",
    "rapport.web.site.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "rapport.web.site.practice.InsidePractice",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rapport.web.site.refusals.Refusals",
    "rapport.web.site.doors.Doors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "rapport.web.site.practice.shown_on_every_page",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "rapport.web.site.static_files.SharedSheets",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded
    "staticfiles": {"BACKEND": "rapport.web.site.static_files.Fingerprinted"},
}
WHITENOISE_USE_FINDERS = True  # no step of collecting: the package holds the files
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # addresses carry a fingerprint of the content
WHITENOISE_ALLOW_ALL_ORIGINS = False

# The browser is locked down (promise P30)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "script-src": [csp.NONCE],
        "style-src": [csp.SELF],
        "img-src": [csp.SELF],
        "connect-src": [csp.SELF],
        "worker-src": [csp.SELF],
        "manifest-src": [csp.SELF],
        "form-action": [csp.SELF],
        "base-uri": [csp.NONE],
        "frame-ancestors": [csp.NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = TLS
SESSION_COOKIE_NAME = "__Host-rapport" if TLS else "rapport"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "rapport.web.site.refusals.forged"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Messages (promise P25). Without a mail server they are printed; a real practice then sends none.
EMAIL_HOST = environment.text("RAPPORT_MAIL_HOST", "")
RAPPORT_MAIL = bool(EMAIL_HOST)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = environment.number("RAPPORT_MAIL_PORT", 587)
EMAIL_HOST_USER = environment.text("RAPPORT_MAIL_USER", "")
EMAIL_HOST_PASSWORD = environment.text("RAPPORT_MAIL_PASSWORD", "")
_security = environment.choice("RAPPORT_MAIL_SECURITY", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _security == "starttls", _security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text("RAPPORT_MAIL_FROM", "messages@localhost")
RAPPORT_SMS = environment.choice("RAPPORT_SMS", ("console", "webhook"))
RAPPORT_SMS_URL = environment.text("RAPPORT_SMS_URL", "")
RAPPORT_SMS_SECRET = environment.text("RAPPORT_SMS_SECRET", "")
RAPPORT_ADDRESS = environment.text("RAPPORT_ADDRESS", "http://localhost:8000").rstrip("/")
RAPPORT_HEARTBEAT_URL = environment.text("RAPPORT_HEARTBEAT_URL", "")

# Sign-in of those who work here (promise P29)
AUTH_USER_MODEL = "people.Account"
SESSION_ENGINE = "rapport.web.people.sign_in.session_store"
AUTHENTICATION_BACKENDS = ["rapport.web.people.sign_in.session_store.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "rapport.web.people.sign_in.adapter.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # so that the sign-in asks for a password
ACCOUNT_EMAIL_VERIFICATION = "none"  # no mail is sent: an administrator gives links by hand
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Behind proxies every request comes from theirs: then wrong codes of one would shut out everybody.
ALLAUTH_TRUSTED_PROXY_COUNT = int(environment.text("RAPPORT_PROXIES", "0"))
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_attempt",
        "KEY_FUNCTION": "rapport.web.people.accounts.hidden_key",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
MFA_ADAPTER = "rapport.web.people.sign_in.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "rapport.web.people.sign_in.adapter.Passkey"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
