"""What an address of a database may say besides where it is."""

import pytest
from sqlalchemy import make_url

from edc_core.errors import UnsafeSettings
from edc_core.store.engine import make_engine, read_only_engine


@pytest.mark.parametrize("made", [make_engine, read_only_engine])
@pytest.mark.parametrize(("word", "prepares"), [(None, True), ("on", True), ("off", False)])
def test_statements_are_prepared_unless_the_address_says_no(postgres_url, made, word, prepares):
    words = {"prepared_statements": word} if word else {}
    address = make_url(postgres_url).update_query_dict(words).render_as_string(hide_password=False)
    engine = made(address)
    try:
        with engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            for _ in range(driver.prepare_threshold + 2 if prepares else 10):
                connection.exec_driver_sql("SELECT 1 + 1")
            kept = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one()
            assert (kept > 0) is prepares
    finally:
        engine.dispose()


def test_another_word_is_refused():
    with pytest.raises(UnsafeSettings, match="prepared_statements is on or off"):
        make_engine("postgresql+psycopg://nobody@localhost/none?prepared_statements=maybe")
