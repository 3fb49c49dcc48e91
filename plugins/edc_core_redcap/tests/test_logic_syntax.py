"""Reading REDCap's logic: what stands for what, and where it cannot be read."""

import re

import pytest
from edc_core_redcap.logic_syntax import LogicError, parse_logic
from edc_core_redcap.logic_tree import Binary, Bracket, Call, Joined, Number, Reference, Text, Unary


def field(name, code=None):
    return Reference((Bracket(name, code),))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("[a] = '1'", Binary("=", field("a"), Text("1"))),
        ('[A]<>"x"', Binary("!=", field("a"), Text("x"))),
        ("[a] == 1", Binary("=", field("a"), Number("1"))),
        ("[a(-1)]='1'", Binary("=", field("a", "-1"), Text("1"))),
        ("[a( 2 )]='1'", Binary("=", field("a", "2"), Text("1"))),
        ("[e_arm_1][a][2] > .5", Binary(">", Reference((Bracket("e_arm_1"), Bracket("a"), Bracket("2"))), Number(".5"))),
        ("[a:label] = 'x'", Binary("=", Reference((Bracket("a", None, "label"),)), Text("x"))),
        ("[a]=1 and [b]=2 or [c]=3",
         Joined("or", (Joined("and", (Binary("=", field("a"), Number("1")), Binary("=", field("b"), Number("2")))),
                       Binary("=", field("c"), Number("3"))))),
        ("[a]=1 AND ([b]=2 OR [c]=3)",
         Joined("and", (Binary("=", field("a"), Number("1")),
                        Joined("or", (Binary("=", field("b"), Number("2")), Binary("=", field("c"), Number("3"))))))),
        ("[a] && [b] || [c]", Joined("or", (Joined("and", (field("a"), field("b"))), field("c")))),
        ("1 + 2 * 3 - 4", Binary("-", Joined("+", (Number("1"), Binary("*", Number("2"), Number("3")))), Number("4"))),
        ("8 / 4 / 2", Binary("/", Binary("/", Number("8"), Number("4")), Number("2"))),
        ("-[a]^2", Unary("-", Binary("^", field("a"), Number("2")))),
        ("2^3^2", Binary("^", Number("2"), Binary("^", Number("3"), Number("2")))),
        ("ROUND([a], 1)", Call("round", (field("a"), Number("1")))),
        ("datediff([a],[b],'d',true)", Call("datediff", (field("a"), field("b"), Text("d"), Text("true")))),
        ("if([a]='', 0, [b])", Call("if", (Binary("=", field("a"), Text("")), Number("0"), field("b")))),
        ("!isnumber([a])", Unary("not", Call("isnumber", (field("a"),)))),
        ("[a]=1 // a remark\nand [b]=2 # one more",
         Joined("and", (Binary("=", field("a"), Number("1")), Binary("=", field("b"), Number("2"))))),
    ],
)  # fmt: skip
def test_logic_is_read(text, tree):
    assert parse_logic(text) == tree


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[a] = '1", "A quotation mark is not closed", 0),
        ("[a", "A bracket is not closed", 0),
        ("[a] = ", "Something is missing at the end", 0),
        ("([a] = 1", "Something is missing at the end", 0),
        ("[a] = 1)", "')' is not expected here", 0),
        ("[a] = 1\nand or [b] = 1", "'or' is not expected here", 1),
        ("a = 1", "'a' is neither a field in brackets nor a text", 0),
        ("[a b] = 1", "'[a b]' is not a field", 0),
        ("[] = 1", "'[]' is not a field", 0),
        ("[a] = 1 [b] = 2", "'[b]' is not expected here", 0),
        ("[a] ~ 1", "This cannot be read: '~ 1'", 0),
        ("", "Something is missing at the end", 0),
        ("(" * 100 + "1" + ")" * 100, "Parentheses go too deep", 0),
    ],
)
def test_mistake_is_named_with_its_line(text, message, line):
    with pytest.raises(LogicError, match=re.escape(message)) as caught:
        parse_logic(text)
    assert caught.value.line == line
