"""Text made small for links and for the browser's store: deflated, in URL-safe base64."""

import base64
import zlib

from em_core import InputError


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


def unpacked(text: str, limit: int) -> str:
    """What was packed; never more than `limit` bytes are made of it.

    Raises InputError: "packed-size" where there are more, "packed-cut" where something is missing.
    """
    inflater = zlib.decompressobj()
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        inflated = inflater.decompress(data, limit)
        if inflater.unconsumed_tail:
            raise InputError("packed-size", "It unpacks to too much.")
        if not inflater.eof or inflater.unused_data:
            raise InputError("packed-cut", "It was cut.")
        return inflated.decode()
    except (zlib.error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("packed-cut", "It was cut.") from None
