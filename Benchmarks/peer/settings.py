"""Django trimmed to what the views need: no middleware, no sessions, no templates, one connection for each thread that stays open."""

import os
from urllib.parse import urlparse

_database = urlparse(os.environ["PEER_DATABASE_URL"])

ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _database.hostname,
        "PORT": _database.port,
        "NAME": _database.path.lstrip("/"),
        "USER": _database.username,
        "CONN_MAX_AGE": None,
    }
}
DEBUG = False
INSTALLED_APPS = []
MIDDLEWARE = []
# Radian's own form of new passwords: the parameters of the hashes that both write.
PASSWORD_HASHERS = ["hashers.Argon2"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.FormParser"],
    "UNAUTHENTICATED_USER": None,
}
ROOT_URLCONF = "urls"
SECRET_KEY = "benchmark"
USE_TZ = True
