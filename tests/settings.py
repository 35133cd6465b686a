"""rewarm's settings in a throw-away home, with a password hash that costs nothing."""

import atexit
import os
import shutil
import tempfile

if "REWARM_TEST_HOME" not in os.environ:  # xdist workers inherit the folder of the process that started them
    _made = tempfile.mkdtemp(prefix="rewarm-test-")
    os.chmod(_made, 0o711)
    os.environ["REWARM_TEST_HOME"] = _made
    _maker = os.getpid()

    @atexit.register
    def _remove() -> None:
        if os.getpid() == _maker:  # and not a forked child
            shutil.rmtree(_made, ignore_errors=True)


os.environ["REWARM_HOME"] = os.environ["REWARM_TEST_HOME"]
os.environ.pop("DATABASE_URL", None)

from rewarm.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
