import pytest

from edc_core.domain.metadata import CodeList, CodeListItem, DataType, ExternalCodeList, ItemDef
from edc_core.domain.widget import ItemWidget, choose_widget
from edc_core.errors import NotFound


def terms(*codes, retired=()):
    return CodeList("CL", "CL", items=tuple(CodeListItem(code, retired=code in retired) for code in codes))


def item(data_type=DataType.TEXT, **kwargs):
    return ItemDef("I", "I", data_type, **kwargs)


MANY = terms(*"abcdefgh")


@pytest.mark.parametrize(
    ("definition", "code_list", "widget"),
    [
        (item(), None, "text"),
        (item(length=200), None, "text"),
        (item(length=201), None, "textarea"),
        (item(DataType.INTEGER), None, "number"),
        (item(DataType.FLOAT), None, "number"),
        (item(DataType.DATE), None, "date"),
        (item(DataType.PARTIAL_DATE), None, "date"),
        (item(DataType.TIME), None, "time"),
        (item(DataType.DATETIME), None, "datetime"),
        (item(DataType.BOOLEAN), None, "yes_no"),
        (item(), terms("Y", "N"), "yes_no"),
        (item(), terms("Y", "N", "UNK"), "radios"),
        (item(), terms("Y", "N", "UNK", retired=("UNK",)), "yes_no"),
        (item(DataType.INTEGER), terms("1", "2"), "radios"),
        (item(), terms(*"abcdefg"), "radios"),
        (item(), MANY, "select"),
        (item(multiple=True), terms("a", "b"), "checkboxes"),
        (item(multiple=True), terms("Y", "N"), "checkboxes"),
        (item(multiple=True), MANY, "checkboxes"),
        (item(), CodeList("CL", "CL", external=ExternalCodeList("MedDRA")), "text"),
        (item(DataType.HEX_BINARY), None, "text"),
        (item(widget="select"), terms("a", "b"), "select"),
        (item(DataType.INTEGER, widget="select"), None, "number"),
        (item(DataType.INTEGER, widget="text"), None, "text"),
        (item(widget="no_such_widget"), None, "text"),
    ],
)
def test_default_widget(plugins, definition, code_list, widget):
    assert choose_widget(plugins().widgets(), definition, code_list).name == widget


@pytest.mark.parametrize("data_type", list(DataType))
def test_every_data_type_can_be_entered(plugins, data_type):
    for code_list in (None, terms(), terms("a"), MANY):
        for multiple in (True, False):
            assert choose_widget(plugins().widgets(), item(data_type, multiple=multiple), code_list)


def test_a_plugins_widget_is_offered_to_studies_that_name_it(plugins, active):
    manager = plugins("drawing")
    names = {widget.name for widget in manager.widgets(active(manager, "drawing"))}
    assert {"sketch", "text"} <= names
    assert "sketch" not in {widget.name for widget in manager.widgets(active(manager))}


def test_no_widget_at_all_is_an_error():
    with pytest.raises(NotFound):
        choose_widget((), item(), None)


@pytest.mark.parametrize(
    ("name", "template"), [("A b", "items/a.html"), ("a", "x/a.html"), ("a", "items/../a.html")]
)
def test_widget_with_a_bad_name_or_template_is_refused(name, template):
    with pytest.raises(ValueError):
        ItemWidget(name, template, lambda item, code_list: True)
