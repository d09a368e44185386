"""The QR code of a link, read back by a reader written from ISO/IEC 18004 for small codes."""

import re

import numpy as np
import pytest

from explorer.export import qr

MASKS = (
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: (i * j) % 2 + (i * j) % 3,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2,
)
"""A module is inverted where its mask is 0."""


def modules(svg: str) -> np.ndarray:
    """The whole square, its white margin included; True where dark."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    dark = np.zeros((size, size), dtype=bool)
    path = re.search(r'stroke="#000" d="([^"]*)"', svg)[1]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        steps = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark[int(y), int(x) : int(x + steps[0])] = True
            x += steps[0]
        else:
            x, y = (steps[0], steps[1]) if command == "M" else (x + steps[0], y + steps[1])
    return dark


def read(svg: str) -> str:
    """The text of a code of version 2, whose codewords are one block."""
    code = modules(svg)[qr.MARGIN : -qr.MARGIN, qr.MARGIN : -qr.MARGIN]
    size = len(code)
    assert size == 25
    mask = MASKS[int("".join(str(int(code[8, j])) for j in (2, 3, 4)), 2) ^ 0b101]
    bits = []
    columns = [24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        for i in rows:
            for j in (right, right - 1):
                if not _is_function(i, j, size):
                    bits.append(code[i, j] ^ (mask(i, j) == 0))
    written = "".join(str(int(bit)) for bit in bits)
    assert written[:4] == "0100"
    length = int(written[4:12], 2)
    return bytes(int(written[12 + 8 * k :][:8], 2) for k in range(length)).decode()


def _is_function(i: int, j: int, size: int) -> bool:
    """Finders with their format areas, timing, and the alignment pattern of version 2."""
    corner = (i < 9 and (j < 9 or j >= size - 8)) or (i >= size - 8 and j < 9)
    return corner or i == 6 or j == 6 or (16 <= i <= 20 and 16 <= j <= 20)


@pytest.mark.parametrize("link", ["https://em.example/?t=3&v=1", "http://localhost:8501/?a=b"])
def test_a_code_holds_the_link(link: str):
    assert read(str(qr.code(link))) == link


def test_a_code_has_its_white_margin_and_its_three_eyes():
    svg = str(qr.code("https://em.example/?v=1&mu=-3,2"))
    square = modules(svg)
    assert qr.MARGIN >= 4  # as ISO/IEC 18004 asks
    inside = square[qr.MARGIN : -qr.MARGIN, qr.MARGIN : -qr.MARGIN]
    assert square.sum() == inside.sum()
    for corner in (inside[:7, :7], inside[:7, -7:], inside[-7:, :7]):
        assert corner.sum() == 33
    assert 'fill="#fff"' in svg


def test_a_link_too_long_for_a_phone_has_no_code():
    assert qr.code("x" * qr.LONGEST) is not None
    assert qr.code("x" * (qr.LONGEST + 1)) is None


def test_what_is_in_the_link_is_not_in_the_markup():
    assert "script" not in str(qr.code("https://em.example/?title=<script>"))
