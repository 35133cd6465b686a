"""Django's settings; what the environment may change is listed in docs/reference/settings.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from rewarm import log
from rewarm.adapters import postgres
from rewarm.home import home, key, setting

REWARM_HOME = home()
PACKAGE = Path(__file__).resolve().parent

# Where people and carriers reach us.
LISTEN = setting("REWARM_LISTEN", "127.0.0.1:8765")
HOOKS_LISTEN = setting("REWARM_HOOKS_LISTEN", "127.0.0.1:8766")
PUBLIC_URL = setting("PUBLIC_URL", f"http://{LISTEN}").rstrip("/")
_public = urlsplit(PUBLIC_URL)

DEBUG = setting("REWARM_DEBUG") == "1"
SECRET_KEY = key("django")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *setting("REWARM_HOSTS").split()]
ALLOWED_HOSTS += [_public.hostname] if _public.hostname else []

INSTALLED_APPS = [
    "rewarm.apps.Rewarm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rewarm.web.csp.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rewarm.web.workspace.ChosenWorkspace",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "rewarm.urls"
WSGI_APPLICATION = "rewarm.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "rewarm.web.words"],
        },
    },
]

# The app works as a role that owns nothing, so that row security binds it; only migrations run as the owner.
ROLE = cast(postgres.Role, setting("REWARM_ROLE", "engine"))
DATABASES = {"default": postgres.django_database(ROLE), "owner": postgres.django_database("owner")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Jobs are few and coarse; their tasks are all in one file.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["rewarm.jobs"]

AUTH_USER_MODEL = "rewarm.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

# Cookies go over HTTPS only as soon as the public address is HTTPS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _public.scheme == "https" else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

# Instants are stored and compared in UTC; a person's zone belongs to the contact or the practice.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English")]  # a language is added with its translation, so that no page speaks two
LOCALE_PATHS = [PACKAGE / "locale"]

# Static files are served from the package itself: no build, no collecting.
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True

LOG_LEVEL = setting("REWARM_LOG_LEVEL", "WARNING").upper()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
log.configure(LOG_LEVEL)
