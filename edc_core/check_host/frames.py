"""Messages between the core and the check host: four bytes of length, then JSON."""

from __future__ import annotations

import json
from typing import IO, Any

import orjson

MAX_FRAME = 64 * 1024 * 1024  #: bytes; a longer one is not read but taken for a fault

Json = Any  #: dicts, lists, text, numbers, booleans and None


def encode(message: Json) -> bytes:
    """One frame. Text with lone surrogates, which UTF-8 cannot hold, is written in ASCII escapes."""
    try:
        body = orjson.dumps(message)
    except TypeError:
        body = json.dumps(message).encode()
    if len(body) > MAX_FRAME:
        raise ValueError("The message is too long for one frame.")
    return len(body).to_bytes(4, "big") + body


def decode(body: bytes) -> Json:
    """The message of one frame.

    :raises ValueError: when it is no JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def read(stream: IO[bytes]) -> bytes | None:
    """The body of the next frame; ``None`` at the end of the stream, also in the middle of a frame.

    :raises ValueError: when the frame announces more than ``MAX_FRAME`` bytes.
    """
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > MAX_FRAME:
        raise ValueError("A frame is too long.")
    body = stream.read(length)
    return body if len(body) == length else None
