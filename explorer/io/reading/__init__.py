"""Typed or pasted text and text files -> points, or a clear error.

`read_text(text)` reads numbers from a text field, `read_counted` numbers with their counts.
`read_file(name, payload)` reads the shape of a CSV, TSV or text file (what stands above the
table, the separator, the header, row names), and `Table.points` the numbers in up to ten of its
columns, with a column of counts where there is one. All end in a `Reading`, whose notes say back
what was read, how commas were understood and what was skipped.
Whatever is not plainly a number is refused with a `ReadingError` naming the item or line, the
rule and the cure; nothing is guessed in silence.

No reading library is used. pandas guesses (1e400 is infinity, a headerless first value is eaten)
and is heavy in a browser; NumPy's readers skip blank lines and take "nan"; csv.Sniffer and
charset-normalizer guess by frequency. From the standard library, `csv.reader(strict=True)` reads
quoting, the codecs decode strictly, and `float` rounds correctly.
"""

from explorer.io.reading.files import MAX_FILE_BYTES, read_file
from explorer.io.reading.pasted import MAX_PASTE_BYTES, read_counted, read_text
from explorer.io.reading.shape import MAX_COLUMNS, MAX_ROWS
from explorer.io.reading.table import Table
from explorer.model.points import Reading
from explorer.model.refusal import ReadingError

__all__ = [
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_PASTE_BYTES",
    "MAX_ROWS",
    "Reading",
    "ReadingError",
    "Table",
    "read_counted",
    "read_file",
    "read_text",
]
