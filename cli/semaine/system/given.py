"""Settings that the user gives `semaine up` in the environment, for the services that know them."""

import os
from collections.abc import Collection
from importlib import import_module

from semaine.failure import Failure
from semaine.system.services import PREFIX, Settings
from shared.contracts.topics import SERVICES


class UnknownSettingError(Failure):
    """A SEMAINE_… variable that no service knows."""


def given(*, ours: Collection[str]) -> Settings:
    """
    By service, the SEMAINE_… variables of our environment that it knows. Raises `UnknownSettingError`.

    `ours`: variables that the system sets itself, such as addresses and keys; these are left out.
    """
    found = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    known = {
        service: {f"{PREFIX}{name}".upper() for name in import_module(f"{service}.settings").Settings.model_fields}
        for service in SERVICES
    }
    unknown = sorted(found.keys() - set().union(*known.values()))
    if unknown:
        raise UnknownSettingError(f"{', '.join(unknown)}: unknown setting; .env.example has all that there are")
    return {
        service: {name: value for name, value in found.items() if name in names and name not in ours}
        for service, names in known.items()
    }
