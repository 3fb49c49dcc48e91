"""``edc study crf``: reads the options, prints, says where it went."""

from __future__ import annotations

from pathlib import Path

import click

from edc_core.api import BadRequest, CommandLine, MetaDataVersion, Words
from edc_core_crf_pdf import fonts, pages


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", default=Path("crf.pdf"), show_default=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The PDF to write.",
)  # fmt: skip
@click.option("--annotated", is_flag=True, help="Say where each answer goes in SDTM.")
@click.option("--language", default="", help="Language of the print; the study's first one without it.")
@click.option(
    "--fonts", "font_folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with fonts, besides those of the system.",
)  # fmt: skip
@click.pass_obj
def crf(
    line: CommandLine, path: Path, out: Path, language: str, font_folder: Path | None, *, annotated: bool
) -> int:
    """Print the case report form of a definition as PDF. Every visit, every form once."""
    from edc_core_crf_pdf import printing  # the typesetter is for who prints

    read = line.definition(path)
    if read.version is None:
        errors = sum(finding.severity == "error" for finding in read.findings)
        click.echo(f"{path} has {_counted(errors, 'error')}; 'edc study check {path}' names them.", err=True)
        return 1
    chosen = _language(read.version, language)
    document = pages.document(read.version, chosen, annotated=annotated)
    families = fonts.families(pages.texts(document), chosen, font_folder)
    made = printing.pdf(document, families, font_folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made)
    title = Words(pages.WORDS, "en").say("acrf" if annotated else "crf")
    click.echo(
        f"{out}: {title}, {_counted(len(document['forms']), 'form')}, version {document['version']}, {chosen}"
    )
    return 0


def _language(version: MetaDataVersion, wanted: str) -> str:
    offered = version.languages or ("en",)
    if wanted and wanted not in offered:
        raise BadRequest(
            f"'{wanted}' is no language of {version.study.oid}. It has: {', '.join(offered)}; "
            "study.yaml names them under 'languages'."
        )
    return wanted or offered[0]


def _counted(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
