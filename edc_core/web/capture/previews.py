"""Small pictures of image files: drawn anew from the pixels, so that not a byte of what was sent reaches a page."""

from __future__ import annotations

import io
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

from edc_core.errors import NotFound

FORMATS = ("PNG", "JPEG")  #: what is decoded, whatever else the library knows
MOST_PIXELS = 50_000_000  #: of the original; what claims to hold more is not decoded
SIDES = {"small": 240, "large": 1600}  #: longest side in pixels
_one_at_a_time = Lock()  # a decoded original takes up to 200 MB


def preview(original: IO[bytes], size: str) -> bytes:
    """A PNG of the picture, upright, without what else the file said (place, camera, thumbnail).

    :param size: one of ``SIDES``. :raises NotFound: it is no whole PNG or JPEG, or too large to be drawn.
    """
    try:
        with _one_at_a_time, Image.open(original, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotFound("This picture is too large to be shown. Download it instead.")
            side = SIDES[size]
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            drawn = io.BytesIO()
            bare = Image.new("RGBA" if upright.has_transparency_data else "RGB", upright.size)
            bare.paste(upright.convert(bare.mode))
            bare.save(drawn, "PNG")
            return drawn.getvalue()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotFound("This picture cannot be shown. Download it instead.") from error
