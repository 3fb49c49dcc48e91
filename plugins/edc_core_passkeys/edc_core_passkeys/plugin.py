"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from edc_core.api import Authenticator, hookimpl
from edc_core_passkeys.host import host_of


@hookimpl
def edc_register_authenticators(settings: Mapping[str, str]) -> Iterable[Authenticator]:
    """Nothing where the installation is reached by an IP address: browsers make no passkeys for one."""
    if not host_of(settings["BASE_URL"]):
        return ()
    from edc_core_passkeys.passkeys import Passkeys  # what it stands on takes long to load

    passkeys = Passkeys(settings["BASE_URL"])
    return (
        Authenticator(
            name="passkeys",
            label="a passkey",
            begin=passkeys.begin,
            finish=passkeys.finish,
            script=Path(__file__).with_name("passkeys.js"),
        ),
    )
