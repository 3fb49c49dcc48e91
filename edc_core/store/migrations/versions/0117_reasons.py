"""the guard of the ledger lets the redaction of a reason by two persons through"""

revision = '0117'
down_revision = '0106'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No table changes. The guards are created anew after every migration (store/triggers.py), so this one is reached.
    pass
