"""Bytes -> text, strictly.

The order is fixed: known binary formats are refused; a byte-order mark decides; evident UTF-16
decides; valid UTF-8 is UTF-8; whatever is left is Latin-1 as Windows writes it (cp1252), and is
said to be. A statistical guesser (charset-normalizer 3.5) was tried and left out: it reads the
Latin-1 header "größe" over three numbers as the Pakistani encoding cp1006, in silence.
"""

import codecs

from explorer.model.refusal import ReadingError

_SPREADSHEET = "save it as CSV."
_UNPACK = "unpack it and upload the text file inside."
_EXPORT = "export the numbers as CSV."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "an Excel/zip file", _SPREADSHEET),
    (b"PK\x05\x06", "an Excel/zip file", _SPREADSHEET),
    (b"\xd0\xcf\x11\xe0", "an old Excel (xls) file", _SPREADSHEET),
    (b"\x09\x08\x10\x00", "an old Excel (xls) file", _SPREADSHEET),
    (b"{\\rtf", "a formatted text (RTF) file", "save it as plain text or CSV."),
    (b"%PDF", "a PDF file", "copy the numbers out of it and paste them."),
    (b"\x1f\x8b", "a compressed (gzip) file", _UNPACK),
    (b"BZh", "a compressed (bzip2) file", _UNPACK),
    (b"\xfd7zXZ", "a compressed (xz) file", _UNPACK),
    (b"(\xb5/\xfd", "a compressed (zstandard) file", _UNPACK),
    (b"7z\xbc\xaf'\x1c", "a compressed (7z) file", _UNPACK),
    (b"Rar!", "a compressed (rar) file", _UNPACK),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"ARROW1", "an Arrow file", _EXPORT),
    (b"FEA1", "a Feather file", _EXPORT),
    (b"\x89HDF", "an HDF5 file", _EXPORT),
    (b"CDF\x01", "a NetCDF file", _EXPORT),
    (b"SQLite format 3", "an SQLite database", _EXPORT),
    (b"\x93NUMPY", "a NumPy file", "save it with numpy.savetxt."),
    (b"RDX", "an R data file", _EXPORT),
    (b"$FL2", "an SPSS file", _EXPORT),
    (b"MATLAB 5.0", "a MATLAB file", _EXPORT),
    (b"\x89PNG", "a picture", "type the numbers in."),
    (b"GIF8", "a picture", "type the numbers in."),
    (b"\xff\xd8\xff", "a picture", "type the numbers in."),
    (b"\x7fELF", "a program", "upload a text file with numbers."),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_MARKUP = ("<!doctype", "<html", "<?xml", "<svg", "<table")
_BINARY = "This is not a text file: upload CSV or plain text with numbers."
CP1252 = "Latin-1 (cp1252)"
_TEXT_CONTROLS = "\t\n\r\f\v"
_SAMPLE = 4000


def decode(payload: bytes) -> tuple[str, str]:
    """The text of `payload` with "\\n" line ends, and the encoding's name.

    Names: "UTF-8", "UTF-16", "UTF-32", "Latin-1 (cp1252)". Raises ReadingError for files that
    are not text, and for text in which no table of numbers can be meant (HTML, JSON).
    """
    _refuse_signatures(payload)
    text, encoding = _decode(payload)
    if "\0" in text or _looks_binary(text[:_SAMPLE]):
        raise ReadingError("binary", _BINARY)
    start = text[:_SAMPLE].lstrip().lower()
    if start.startswith(_MARKUP):
        raise ReadingError(
            "markup", "This is a web page (HTML or XML): copy the numbers out and paste them."
        )
    if start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in tuple("[{")):
        raise ReadingError("json", "This is a JSON file: save the numbers as CSV or plain text.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _refuse_signatures(payload: bytes) -> None:
    for signature, what, cure in _SIGNATURES:
        if payload.startswith(signature):
            raise ReadingError("not-text", f"This is {what}: {cure}")


def _decode(payload: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if payload.startswith(mark):
            return _strict(payload[len(mark) :], codec, name), name
    evident = _evident_utf16(payload[:_SAMPLE])
    if evident is not None:
        return _strict(payload, evident, "UTF-16"), "UTF-16"
    try:
        return payload.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return payload.decode("cp1252"), CP1252
    except UnicodeDecodeError:
        raise ReadingError("binary", _BINARY) from None


def _strict(payload: bytes, codec: str, name: str) -> str:
    try:
        return payload.decode(codec)
    except UnicodeDecodeError:
        raise ReadingError(
            "damaged-encoding",
            f"The file is marked as {name} but is damaged. Save it again as UTF-8.",
        ) from None


def _evident_utf16(sample: bytes) -> str | None:
    """The UTF-16 byte order when every other byte is nearly always zero, as in ASCII text."""
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 2:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    return None


def _looks_binary(sample: str) -> bool:
    """Whether control characters stand in the text beyond the odd stray one."""
    controls = sum(
        (character < " " or "\x7f" <= character <= "\x9f") and character not in _TEXT_CONTROLS
        for character in sample
    )
    return controls > 2 + len(sample) // 100
