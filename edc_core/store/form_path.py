"""The form in which a place lies, for statements: the first two steps of its path, in each of the two databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class FormPath(FunctionElement[str]):
    """Path of the form of a place below one or of a form itself; of an event or a subject, the path of no form."""

    name = "form_path"
    type = Text()
    inherit_cache = True


@compiles(FormPath, "postgresql")
def _postgresql(element: FormPath, compiler: SQLCompiler, **given: Any) -> str:
    path = compiler.process(element.clauses, **given)
    return f"(split_part({path}, '/', 1) || '/' || split_part({path}, '/', 2))"


@compiles(FormPath, "sqlite")
def _sqlite(element: FormPath, compiler: SQLCompiler, **given: Any) -> str:
    path = compiler.process(element.clauses, **given)
    return f"substr({path}, 1, instr({path}, '/') + instr(substr({path}, instr({path}, '/') + 1) || '/', '/') - 1)"
