"""Checks of this machine: settings, the folder of the data, the key, certificates and packages."""

import os
import stat
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.metadata import packages_distributions
from pathlib import Path

from worker.app.secrets.vault import open_vault
from worker.app.settings import Settings
from worker.cli.admin.checks.check import Check, Level

DISTRIBUTION = "keepwarm"
PACKAGES = ("worker", "connectors", "models")


def names(environment: Iterable[str]) -> Iterable[Check]:
    """Find settings no one reads: a typing error there would go unnoticed."""
    known = {f"KEEPWARM_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith("KEEPWARM_") and name not in known and name != "KEEPWARM_REQUIRE_SERVICES":
            near = get_close_matches(name, known, n=1)
            notify = f" Did you mean {near[0]}?" if near else ""
            yield Check("settings", Level.ADVICE, f"{name} is set, but keepwarm has no such setting.{notify}")
    yield Check("settings", Level.FINE, "The settings are valid.")


def home(settings: Settings) -> Iterable[Check]:
    """See whether the folder of the data can be written, and by the user alone."""
    home = settings.home
    if not home.exists():
        yield Check("home", Level.FINE, f"{home} will be created on first use.")
    elif not os.access(home, os.W_OK):
        yield Check(
            "home",
            Level.WRONG,
            f"keepwarm can't write to {home}. Change its permissions, or set another KEEPWARM_HOME.",
        )
    elif home.stat().st_mode & 0o077:
        yield Check("home", Level.ADVICE, f"Other users can look into {home}. Run `chmod 700 {home}`.")
    else:
        yield Check("home", Level.FINE, f"Only you can read {home}.")


def key(settings: Settings) -> Iterable[Check]:
    """See whether what seals the sign-ins is there, valid and private."""
    if settings.secret_keys.get_secret_value():
        open_vault(settings)
        yield Check("key", Level.FINE, "The keys in KEEPWARM_SECRET_KEYS are valid.")
        return
    path = settings.home / "secret.key"
    if not path.exists():
        yield Check("key", Level.FINE, "A key will be created when you connect the first account.")
        return
    open_vault(settings)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Check("key", Level.WRONG, f"Other users can read {path}. Run `chmod 600 {path}` (its mode is {mode:o}).")
    else:
        yield Check(
            "key", Level.FINE, f"Only you can read {path}. Keep a backup: without it, saved sign-ins can't be opened."
        )


def certificates(environment: os._Environ[str]) -> Iterable[Check]:
    """See whether the certificates that the environment names exist."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        path = environment.get(name)
        if path and not Path(path).is_file():
            yield Check(
                "certificates", Level.WRONG, f"{name} names {path}, which doesn't exist. Correct it, or unset it."
            )


def packages() -> Iterable[Check]:
    """See whether another distribution has put its files over ours: our package names are plain."""
    import connectors
    import models
    import worker

    owners = packages_distributions()
    strangers = {name: sorted(set(owners.get(name, ())) - {DISTRIBUTION}) for name in PACKAGES}
    strange = [f"{name} ({', '.join(found)})" for name, found in strangers.items() if found]
    roots = {Path(str(package.__file__)).parents[1] for package in (worker, connectors, models)}
    if strange or len(roots) > 1:
        what = ", ".join(strange) or " and ".join(sorted(map(str, roots)))
        sentence = (
            f"Another package uses the same names as keepwarm: {what}. Install keepwarm into its own environment."
        )
        yield Check("packages", Level.WRONG, sentence)
    else:
        yield Check("packages", Level.FINE, "No other package uses keepwarm's names.")
