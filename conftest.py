"""Fixtures for every test of this repository, the core's and the plugins'."""

pytest_plugins = [
    "tests.groups",
    "tests.requirements",
    "tests.network",
    "tests.sharing",
    "tests.postgres",
    "tests.browser",
    "edc_core.testing.fixtures",
]
