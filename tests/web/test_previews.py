"""Small pictures of image files: drawn anew, for who may see the value, and never the bytes that were sent."""

import hashlib
import io

import pytest
from PIL import Image

from tests.web.test_files import address, core, save, send  # noqa: F401 - a fixture

SECRET = b"GPS 37.5665 N"


def picture(kind="PNG", size=(900, 300), *, turned=False):
    made, image = io.BytesIO(), Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # ImageDescription
    if turned:
        exif[0x0112] = 6  # Orientation: a quarter turn
    image.save(made, kind, exif=exif)
    return made.getvalue()


def given(client, data, name="ecg.png"):
    answer = send(client, data, name)
    assert answer.status_code == 200, answer.text
    assert save(client, answer.json["value"]).status_code == 200
    return hashlib.sha256(data).hexdigest()


def shown(client, sha256, size="small"):
    return client.get(address(), query_string={"sha256": sha256, "preview": size})


@pytest.mark.parametrize(("size", "side"), [("small", (240, 80)), ("large", (900, 300))])
def test_a_picture_is_drawn_anew_without_what_the_file_said(client_as, size, side):
    client = client_as()
    data = picture()
    assert SECRET in data
    answer = shown(client, given(client, data), size)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    drawn = Image.open(io.BytesIO(answer.data))
    assert (drawn.format, drawn.size, dict(drawn.getexif()), drawn.info) == ("PNG", side, {}, {})
    assert SECRET not in answer.data


def test_a_turned_picture_is_upright(client_as):
    client = client_as()
    drawn = Image.open(io.BytesIO(shown(client, given(client, picture(turned=True))).data))
    assert drawn.size == (80, 240)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + b"0" * 500,
        picture()[:400],
        b"\x89PNG\r\n\x1a\n" + picture("JPEG"),
    ],
    ids=["no picture", "half", "another kind"],
)
def test_what_is_no_whole_picture_is_not_shown_and_still_downloaded(client_as, data):
    client = client_as()
    sha256 = given(client, data)
    assert shown(client, sha256).status_code == 404
    with client.get(address(), query_string={"sha256": sha256}) as whole:
        assert whole.data == data
        assert whole.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_that_unpacks_to_too_much_is_refused_before_it_is_decoded(client_as):
    bomb = io.BytesIO()
    Image.new("1", (8000, 8000)).save(bomb, "PNG")  # 64 megapixels in a few kB
    assert len(bomb.getvalue()) < 20_000
    client = client_as()
    answer = shown(client, given(client, bomb.getvalue()))
    assert answer.status_code == 404
    assert "too large to be shown" in answer.text


def test_who_may_not_see_the_subject_gets_no_picture(client_as):
    client = client_as()
    sha256 = given(client, picture())
    elsewhere = address(subject="DE01-0001")
    assert client.get(elsewhere, query_string={"sha256": sha256, "preview": "small"}).status_code == 404
    assert client.get(address(), query_string={"sha256": "0" * 64, "preview": "small"}).status_code == 404
    assert client.get(address(), query_string={"sha256": sha256, "preview": "huge"}).status_code == 400


def test_the_form_shows_it_with_words_and_leaves_other_files_alone(client_as):
    client = client_as()
    form = "/s/DEMO@uat/subjects/KR01-0001/V2/TYPES"
    sha256 = given(client, picture())
    page = client.get(form).text
    assert (
        f'sha256={sha256}&amp;preview=small" alt="Preview of ecg.png, larger in a new tab"'
        in page.replace("&preview", "&amp;preview")
    )
    answer = send(client, b"%PDF-1.7\n" + b"0" * 100, "ecg.pdf", op="op-file-0002")
    assert save(client, answer.json["value"], base=1, op="op-item-0002").status_code == 200
    assert "preview=small" not in client.get(form).text
