"""Options that commands of ``edc`` share, the core's own and those of plugins."""

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
as_option = click.option(
    "--as", "as_user", default="", metavar="USER", help="Act as this user (live studies need it)."
)
