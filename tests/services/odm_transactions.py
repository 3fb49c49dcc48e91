"""ODM files of both versions, applied one after another by the rules of the standard (1.3.2 part 2.11, 2.0 Transactions).

Nothing of the plugin is used. What the standard calls an error (an Insert of what is there, an Update or Remove of what is not)
fails the test.
"""

from dataclasses import dataclass, field

from lxml import etree

KEYS = {
    "SubjectData": ("SubjectKey",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
    "ItemData": ("ItemOID",),
}


@dataclass
class Node:
    """A data element. :param marks: what stands beside its data. :param writes: to an item, oldest first."""

    version: str = ""
    is_struck: bool = False
    marks: list[str] = field(default_factory=list)
    inside: dict[tuple[str, ...], "Node"] = field(default_factory=dict)
    writes: list[tuple[str, ...]] = field(default_factory=list)


def applied(*files):
    """The state that is left after the files, in order, and the definitions of the last one."""
    subjects = Node()
    for file in files:
        root = etree.parse(file).getroot()
        for data in root.findall("{*}ClinicalData"):
            for subject in data.findall("{*}SubjectData"):
                take(subjects, subject, data.get("MetaDataVersionOID"), root.get("PriorFileOID") is not None)
    about = [canonical(one) for one in root if name_of(one) in ("Study", "AdminData")]
    return subjects, about


def take(parent, element, version, is_increment):
    kind = element.get("TransactionType")
    name = name_of(element)
    key = (name, *(element.get(part, "1") for part in KEYS[name]))
    assert kind or not is_increment
    if name == "ItemData":
        write(parent, key, element, kind)
        return
    children = [one for one in element if name_of(one) in KEYS]
    marks = [canonical(one) for one in element if name_of(one) not in KEYS]
    if kind == "Remove" and not len(element):
        del parent.inside[key]
        return
    if is_increment:
        assert (kind == "Insert") <= (key not in parent.inside), (key, "is there")
        assert (kind in ("Update", "Context")) <= (key in parent.inside), (key, "is not there")
    node = parent.inside.setdefault(key, Node())
    if kind == "Context":
        assert set(marks) <= set(node.marks)
    elif is_increment:
        node.marks = marks
    else:  # a further part of a subject or visit repeats where it is
        node.marks += [one for one in marks if one not in node.marks]
    node.is_struck = kind == "Remove"
    if is_form(element):
        assert node.version in ("", version)
        node.version = version
    for child in children:
        take(node, child, version, is_increment)


def write(parent, key, element, kind):
    value = (
        element.get("Value"),
        element.get("IsNull"),
        *(canonical(one) for one in element if name_of(one) == "Value"),
    )
    audit = [canonical(one) for one in element if name_of(one) == "AuditRecord"]
    node = parent.inside.setdefault(key, Node())
    record = (*value, *audit)
    if kind == "Context":
        assert node.writes[-1][1:] == record
    else:
        kind = "Insert" if kind in (None, "Upsert") else kind
        assert (kind == "Insert") == (not node.writes), (key, kind, node.writes)
        node.writes.append((kind, *record))
    node.marks = [canonical(one) for one in element if name_of(one) not in ("Value", "AuditRecord")]


def is_form(element):
    return (
        name_of(element) in ("FormData", "ItemGroupData") and name_of(element.getparent()) == "StudyEventData"
    )


def name_of(element):
    return etree.QName(element).localname


def canonical(element):
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(copy, method="c14n").decode()
