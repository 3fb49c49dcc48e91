"""What stops a start is said in a sentence."""

import socket


def test_a_port_that_is_taken_is_named(edc):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = edc("serve", "--port", taken.getsockname()[1])
    assert ran.code == 2
    assert "--port" in ran.err


def test_verifying_a_database_that_is_not_there_is_an_error_in_words(edc, monkeypatch, tmp_path):
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere.db")
    ran = edc("verify")
    assert ran.code == 2
    assert "There is no database" in ran.err
    assert not (tmp_path / "elsewhere.db").exists()
