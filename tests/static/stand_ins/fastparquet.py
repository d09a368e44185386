"""Stands in for fastparquet in the static site's test: just enough Parquet for `st.data_editor`.

Columns of numbers or text without gaps, one page each, uncompressed; the index is not written.
The format: https://parquet.apache.org/docs/file-format, its footer in Thrift's compact protocol.
"""

import json
import struct
from collections.abc import Sequence
from typing import BinaryIO

import pandas as pd

__version__ = "2024.11.0"

DOUBLE, BYTE_ARRAY = 5, 6
INT, LONG, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
Field = tuple[int, int, object]
"""A field of a Thrift struct: its number, its type, its value."""


def write(file: BinaryIO, frame: pd.DataFrame, **_: object) -> None:
    """Called by `DataFrame.to_parquet`."""
    content = bytearray(b"PAR1")
    chunks = []
    for name, column in frame.items():
        kind = DOUBLE if pd.api.types.is_numeric_dtype(column) else BYTE_ARRAY
        values = b"".join(plain(kind, value) for value in column)
        page = [(1, INT, len(frame)), (2, INT, 0), (3, INT, 3), (4, INT, 3)]
        size = [(2, INT, len(values)), (3, INT, len(values))]
        written = thrift([(1, INT, 0), *size, (5, STRUCT, page)]) + values
        sizes = [(6, LONG, len(written)), (7, LONG, len(written)), (9, LONG, len(content))]
        about = [(1, INT, kind), (2, LIST, (INT, [0])), (3, LIST, (BINARY, [str(name)]))]
        about += [(4, INT, 0), (5, LONG, len(frame)), *sizes]
        chunks.append([(2, LONG, len(content)), (3, STRUCT, about)])
        content += written
    rows = [(1, LIST, (STRUCT, chunks)), (2, LONG, 0), (3, LONG, len(frame))]
    footer = thrift(
        [
            (1, INT, 1),
            (2, LIST, (STRUCT, schema(frame))),
            (3, LONG, len(frame)),
            (4, LIST, (STRUCT, [rows])),
            (5, LIST, (STRUCT, [[(1, BINARY, "pandas"), (2, BINARY, pandas_metadata(frame))]])),
        ]
    )
    file.write(bytes(content) + footer + struct.pack("<I", len(footer)) + b"PAR1")


def schema(frame: pd.DataFrame) -> list[list[Field]]:
    elements: list[list[Field]] = [[(4, BINARY, "schema"), (5, INT, frame.shape[1])]]
    for name, column in frame.items():
        number = pd.api.types.is_numeric_dtype(column)
        element: list[Field] = [(1, INT, DOUBLE if number else BYTE_ARRAY), (3, INT, 0)]
        elements.append([*element, (4, BINARY, str(name)), *([] if number else [(6, INT, 0)])])
    return elements


def pandas_metadata(frame: pd.DataFrame) -> str:
    columns = [
        {
            "name": str(name),
            "field_name": str(name),
            "pandas_type": "float64" if pd.api.types.is_numeric_dtype(column) else "unicode",
            "numpy_type": str(column.dtype),
            "metadata": None,
        }
        for name, column in frame.items()
    ]
    rows = {"kind": "range", "name": None, "start": 0, "stop": len(frame), "step": 1}
    names = {"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "object"}
    return json.dumps(
        {
            "index_columns": [rows],
            "column_indexes": [names | {"metadata": {"encoding": "UTF-8"}}],
            "columns": columns,
            "creator": {"library": "fastparquet", "version": __version__},
            "pandas_version": pd.__version__,
        }
    )


def plain(kind: int, value: object) -> bytes:
    if kind == DOUBLE:
        return struct.pack("<d", float("nan") if value is None else value)
    text = str(value).encode()
    return struct.pack("<I", len(text)) + text


def thrift(fields: Sequence[Field]) -> bytes:
    """A struct in the compact protocol."""
    content = bytearray()
    last = 0
    for number, kind, value in fields:
        content.append((number - last) << 4 | kind)
        content += encoded(kind, value)
        last = number
    return bytes(content) + b"\0"


def encoded(kind: int, value: object) -> bytes:
    if kind in (INT, LONG):
        return varint(int(value) << 1)
    if kind == BINARY:
        return varint(len(value.encode())) + value.encode()
    if kind == STRUCT:
        return thrift(value)
    of, items = value
    return bytes([0xF0 | of]) + varint(len(items)) + b"".join(encoded(of, item) for item in items)


def varint(number: int) -> bytes:
    content = bytearray()
    while number > 0x7F:
        content.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*content, number])
