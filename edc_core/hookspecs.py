"""All hooks a plugin may implement. A hook registers frozen objects; it never intercepts what the core does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.dataset import Exporter
    from edc_core.domain.imported import Importer

hookspec = pluggy.HookspecMarker("edc_core")
hookimpl = pluggy.HookimplMarker("edc_core")


@hookspec
def edc_register_importers() -> Iterable[Importer]:  # type: ignore[empty-body]
    """Offer file formats that can be imported.

    Called once at start-up, for the installation.

    :returns: importers with unique names.

    .. versionadded:: 0.1
    """


@hookspec
def edc_register_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Offer file formats that can be exported.

    Called once at start-up, for the installation.

    :returns: exporters with unique names.

    .. versionadded:: 0.1
    """
