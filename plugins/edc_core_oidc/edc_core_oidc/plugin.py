"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edc_core.api import Authenticator, hookimpl


@hookimpl
def edc_register_authenticators(settings: Mapping[str, str]) -> Iterable[Authenticator]:
    """One provider, where ``EDC_OIDC_ISSUER`` names it."""
    if not settings.get("ISSUER"):
        return ()
    # What it stands on takes longest of all to load.
    from edc_core_oidc.provider import Provider, ProviderSettings

    provider = Provider(ProviderSettings.read(settings))
    return (
        Authenticator(
            name="oidc", label=provider.settings.label, begin=provider.begin, finish=provider.finish
        ),
    )
