"""Pages of a plugin beside the real ones: only on this machine, and they may show the real ones in frames."""

import pytest
from werkzeug.test import Client

from edc_core.domain.playground import PlaygroundAnswer, PlaygroundPage, PlaygroundPages
from edc_core.errors import NotFound
from edc_core.web.beside import with_pages


def missing(_):
    raise NotFound("There is no such thing.")


@pytest.fixture
def client(app):
    pages = (
        PlaygroundPage("/", lambda given: PlaygroundAnswer(f"<p>{given.get('a', '')}</p>", session="token")),
        PlaygroundPage("/away", lambda _: PlaygroundAnswer(location="/healthz")),
        PlaygroundPage("/missing", missing),
    )
    return Client(with_pages(app, PlaygroundPages("preview", pages)))


def test_a_page_answers_and_signs_a_person_in(client):
    answer = client.get("/preview/?a=1", base_url="http://127.0.0.1:8000")
    assert answer.text == "<p>1</p>"
    assert "edc_session=token; HttpOnly; Path=/; SameSite=Lax" in answer.headers["Set-Cookie"]
    assert client.get("/preview/away", base_url="http://localhost").status_code == 303


def test_a_refusal_is_a_sentence(client):
    answer = client.get("/preview/missing", base_url="http://localhost")
    assert (answer.status_code, answer.text) == (404, "There is no such thing.")


@pytest.mark.parametrize("address", ["/preview/", "/healthz"])
def test_only_this_machine_may_frame_and_ask(client, address):
    policy = client.get(address, base_url="http://[::1]:8000").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert client.get(address, base_url="http://evil.example").status_code == 421


def test_without_pages_beside_nothing_frames_a_page(app):
    assert "frame-ancestors 'none'" in app.test_client().get("/healthz").headers["Content-Security-Policy"]
