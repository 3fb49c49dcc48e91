"""Datasets as a package would hold them, made for a test."""

from edc_core.domain.metadata import DataType
from edc_core.domain.tabular import TabularDataset, Variable


def table(name, header, *rows):
    """A dataset of texts. :param header: names with a blank between."""
    variables = tuple(Variable(one, one.title(), DataType.TEXT) for one in header.split())
    return TabularDataset(name, f"{name} of a test", variables, lambda: iter(rows))


def held(*tables):
    """By name, as rules get them."""
    return {one.name: one for one in tables}
