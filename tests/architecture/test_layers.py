"""Who may import whom, as two tables. A breach is named with its file and line."""

import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture.imports import CORE, PLUGINS, ROOT, Import, imports_below, imports_of

# Each part of the core imports only parts of earlier rows; parts of one row do not know each other.
LAYERS = [
    {"errors", "time_service", "collector"},
    {"clock"},
    {"ids", "domain"},
    {
        "settings",
        "hookspecs",
        "command_options",
        "expressions",
        "plugin_source",
        "plugin_offers",
        "identifiers",
    },
    {"api", "plugin_activation"},
    {"builtin", "store", "plugin_loading"},
    {"ledger", "definitions", "plugin_manager"},
    {"check_host"},  # its process loads the plugins it runs
    {"core", "plugin_author"},  # the installation as one object
    {"services", "rendering"},
    {"jobs"},
    {"web"},
    {"cli", "testing", "__init__"},
    {"__main__"},
]

# Stricter than the rows.
ONLY = {
    "domain": {"errors"},  # pure: the standard library and itself (errors is the standard library too)
    "hookspecs": {"domain", "errors"},
    "builtin": {"api"},  # as any plugin: this keeps the api honest
}

# Where a library may be imported; a library not named here is free.
LIBRARIES = {
    "sqlalchemy": ["edc_core/store/*", "edc_core/ledger/*"],
    "alembic": ["edc_core/store/*"],
    "psycopg": ["edc_core/store/*"],
    "flask": ["edc_core/web/*"],
    "flask_wtf": ["edc_core/web/*"],
    "marshmallow": ["edc_core/definitions/schemas*.py", "edc_core/web/*requests.py"],
}

RANK = {part: rank for rank, row in enumerate(LAYERS) for part in row}


def part_of(file: Path) -> str:
    """The part of the core that a file belongs to: its folder, or its own name at the top."""
    return file.relative_to(CORE).parts[0].removesuffix(".py")


def imported_part(item: Import) -> str | None:
    """The part of the core that is imported; None for names of `edc_core` itself (`__version__`)."""
    name = item.module.split(".")[1] if "." in item.module else ""
    is_part = (CORE / name).is_dir() or (CORE / f"{name}.py").exists()
    return name if name and is_part else None


def may_import(importer: str, imported: str) -> bool:
    if importer == imported or not {importer, imported} <= set(RANK):
        return True  # a part without a row has its own test
    if importer in ONLY:
        return imported in ONLY[importer]
    return RANK[imported] < RANK[importer]


def test_every_part_of_the_core_has_its_row():
    present = {part_of(file) for file in CORE.rglob("*.py")}
    assert present <= set(RANK), f"say in LAYERS where these belong: {sorted(present - set(RANK))}"


def test_parts_of_the_core_import_only_what_lies_below_them():
    breaches = [
        f"{item} ({part_of(item.file)} may not import {part})"
        for item in imports_below(CORE)
        if item.is_in("edc_core")
        and (part := imported_part(item)) is not None
        and not may_import(part_of(item.file), part)
    ]
    assert breaches == []


def test_domain_and_errors_need_nothing_but_the_standard_library():
    breaches = [
        str(item)
        for item in imports_below(CORE)
        if part_of(item.file) in {"domain", "errors"}
        and item.library not in sys.stdlib_module_names
        and not (item.is_in("edc_core") and imported_part(item))
    ]
    assert breaches == []


def test_libraries_stay_where_they_belong():
    breaches = [
        f"{item} (only in {', '.join(LIBRARIES[item.library])})"
        for item in imports_below(CORE)
        if item.library in LIBRARIES
        and not any(
            fnmatch(item.file.relative_to(ROOT).as_posix(), place) for place in LIBRARIES[item.library]
        )
    ]
    assert breaches == []


def test_work_areas_of_the_web_do_not_know_each_other():
    areas = {routes.parent.name for routes in CORE.glob("web/*/routes.py")}
    breaches = [
        str(item)
        for area in sorted(areas)
        for item in imports_below(CORE / "web" / area)
        if any(item.is_in(f"edc_core.web.{other}") for other in areas - {area})
    ]
    assert breaches == []


def test_the_core_knows_no_plugin():
    assert [str(item) for item in imports_below(CORE) if item.library.startswith("edc_core_")] == []


@pytest.mark.parametrize(
    "plugin", sorted(p.name for p in PLUGINS.glob("*/") if p.name.startswith("edc_core_"))
)
def test_plugin_imports_only_the_api(plugin):
    breaches = []
    for item in imports_below(PLUGINS / plugin):
        in_tests = "tests" in item.file.relative_to(PLUGINS / plugin).parts
        of_core = item.library == "edc_core"
        allowed = item.is_in("edc_core.api") or (in_tests and item.is_in("edc_core.testing"))
        of_another_plugin = item.library.startswith("edc_core_") and item.library != plugin
        reaches_past_the_api = item.library in {"flask", "sqlalchemy"} and not in_tests
        if (of_core and not allowed) or of_another_plugin or reaches_past_the_api:
            breaches.append(str(item))
    assert breaches == []


def test_a_breach_is_named_with_its_file_and_line(tmp_path):
    source = tmp_path / "late.py"
    source.write_text("def f() -> None:\n    from sqlalchemy.orm import Session\n")
    assert [str(item) for item in imports_of(source)] == [f"{source}:2: imports sqlalchemy.orm.Session"]


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("services", "ledger", True),
        ("services", "domain", True),
        ("services", "web", False),
        ("services", "rendering", False),
        ("store", "ledger", False),
        ("domain", "clock", False),
        ("builtin", "domain", False),
        ("builtin", "api", True),
    ],
)
def test_the_table_says_what_the_house_says(importer, imported, allowed):
    assert may_import(importer, imported) is allowed
