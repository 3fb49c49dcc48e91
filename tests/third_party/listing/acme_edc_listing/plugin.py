"""What this distribution registers."""

from acme_edc_listing.listing import write
from edc_core.api import Exporter, ExportGroup, hookimpl


@hookimpl
def edc_register_exporters():
    yield Exporter(
        "acme-listing",
        "Listing of forms",
        write,
        about="A line for each form, as text",
        group=ExportGroup.TABLES,
    )
