"""Raw competition files as frames: delimiters found out, encodings checked, every CSV field kept as the text it is."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from pipeline.core.errors import PodiumError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a pipe"}
_BLOCK_BYTES = 16 * 1024**2
_SNIFFED_BYTES = 256 * 1024
_SNIFFED_ROWS = 100


def joined_id(frame: pd.DataFrame, columns: list[str], separator: str) -> pd.Series:
    """The texts of several columns as one, row by row; missing where one of them is."""
    texts = frame[columns].astype("str")
    return texts[columns[0]].str.cat(texts[columns[1:]], sep=separator)


def same_names(first: list[str], others: list[str]) -> dict[str, str]:
    """Names that are another's but for case and punctuation, with that name.

    >>> same_names(["id_01", "Type"], ["id-01", "Type"])
    {'id-01': 'id_01'}
    """
    plain = {_plain(name): name for name in first}
    found = {name: plain.get(_plain(name), name) for name in others if name not in first}
    return {name: same for name, same in found.items() if name != same}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def read_raw(path: Path, competition: str, delimiter: str | None = None, encoding: str = "utf-8") -> pd.DataFrame:
    """One raw file: a CSV (also gzipped) as texts, where only the empty field is missing, or a parquet file as typed.

    Parameters
    ----------
    path : Path
        The file. A name that ends with ``.parquet`` is read as parquet, everything else as delimited text.
    competition : str
        For errors.
    delimiter : str or None
        The fields' delimiter; None finds it out among comma, semicolon, tab and pipe.
    encoding : str
        The text's encoding.

    Returns
    -------
    DataFrame
        Of pandas' ``str`` type throughout for a CSV: no number is parsed, so that twenty-digit ids stay what they are.

    Raises
    ------
    PodiumError
        Where the file is missing, empty, not of this encoding, ragged, or of one column only.
    """
    _check_there(path, competition)
    table = _read_parquet(path, competition) if path.suffix == ".parquet" else None
    if table is None:
        table = _read_text(path, competition, delimiter, encoding)
    names = [name or f"Unnamed: {place}" for place, name in enumerate(table.column_names)]
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise PodiumError(competition, path.name, "must name each column once", got=f"{double[0]!r} more than once")
    if table.num_rows == 0:
        raise PodiumError(competition, path.name, "must have rows", got="a header alone", step=_REFETCH)
    return table.rename_columns(names).to_pandas()


def read_header(path: Path, competition: str, delimiter: str | None = None, encoding: str = "utf-8") -> list[str]:
    """The column names of a delimited text file, read without its rows."""
    _check_there(path, competition)
    lines = _first_lines(path, competition, encoding)
    return next(csv.reader(lines, delimiter=delimiter or sniff_delimiter(lines)), [])


def read_delimiter(path: Path, competition: str, delimiter: str | None = None, encoding: str = "utf-8") -> str:
    """The delimiter of a text file: the declared one, or the one found out from its first lines."""
    return delimiter or sniff_delimiter(_first_lines(path, competition, encoding))


def sniff_delimiter(lines: list[str]) -> str:
    """The delimiter under which most of these lines have the same number of fields, two at least; else a comma.

    >>> sniff_delimiter(["a;b;c", "1,5;2;x", "2,5;3;y"])
    ';'
    """
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        counts = [len(row) for row in islice(csv.reader(lines, delimiter=delimiter), _SNIFFED_ROWS) if row]
        if not counts or counts[0] < 2:
            continue
        agreeing = sum(count == counts[0] for count in counts) / len(counts)
        if (agreeing, counts[0]) > best:
            best, found = (agreeing, counts[0]), delimiter
    return found


_REFETCH = "Look at the file, or fetch it again"


def _check_there(path: Path, competition: str) -> None:
    if not path.is_file():
        there = sorted(p.name for p in path.parent.glob("*") if p.is_file() and p.name != "source.json")
        hint = nearest(path.name, there) if there else "there are no files"
        raise PodiumError(
            competition, f"source.files: {path.name}", "is not among the raw files", where=path.parent.name, step=hint
        )
    if path.stat().st_size == 0:
        raise PodiumError(competition, path.name, "must not be empty", got="0 bytes", step=_REFETCH)


def _read_parquet(path: Path, competition: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise PodiumError(competition, path.name, "is not a whole parquet file", got=_short(error)) from error
    fields = []
    for field in table.schema.remove_metadata():
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_decimal(plain):
            plain = pa.float64()
        elif pa.types.is_date(plain):
            plain = pa.timestamp("us")
        fields.append(pa.field(field.name, plain))
    return table.replace_schema_metadata(None).cast(pa.schema(fields))


def _read_text(path: Path, competition: str, delimiter: str | None, encoding: str) -> pa.Table:
    lines = _first_lines(path, competition, encoding)
    if not any(line.strip() for line in lines):
        raise PodiumError(competition, path.name, "must not be empty", got="blank lines alone", step=_REFETCH)
    sniffed = sniff_delimiter(lines)
    used = delimiter or sniffed
    header = next(csv.reader(lines, delimiter=used), [])
    if len(header) < 2:
        raise _one_column(path, competition, delimiter, sniffed, header)
    try:
        return _parse(path, header, used, encoding)
    except (OSError, ValueError) as error:
        raise _explained(path, competition, used, encoding, error) from error


def _parse(path: Path, header: list[str], delimiter: str, encoding: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    return arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, encoding=encoding),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.large_string() for name in header},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _stream(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _first_lines(path: Path, competition: str, encoding: str) -> list[str]:
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)()
    except LookupError as error:
        step = "Write one that Python knows, such as utf-8, cp1252 or latin-1"
        raise PodiumError(competition, "source.encoding", "is not a known encoding", got=encoding, step=step) from error
    with _stream(path) as stream:
        head = stream.read(_SNIFFED_BYTES)
    try:
        lines = decoder.decode(head).splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, competition, encoding, error) from error
    return lines[:-1] if len(head) == _SNIFFED_BYTES and len(lines) > 1 else lines


def _one_column(path: Path, competition: str, declared: str | None, sniffed: str, header: list[str]) -> PodiumError:
    name = header[0][:60] if header else ""
    if declared and declared != sniffed:
        step = f"The file looks as if {_NAMES[sniffed]} parted its fields"
        return PodiumError(
            competition,
            "source.delimiter",
            f"must part {path.name} into columns; {declared!r} leaves one",
            got=repr(name),
            step=step,
        )
    allowed = "must have two columns or more, parted by a comma, semicolon, tab or pipe"
    step = "Declare source.delimiter if it is another one"
    return PodiumError(competition, path.name, allowed, got=f"one column, {name!r}", step=step)


def _explained(path: Path, competition: str, delimiter: str, encoding: str, error: Exception) -> PodiumError:
    """What is wrong with a file that did not parse: its encoding, a row of too many or few fields, or else."""
    reader_line = 0
    try:
        with _stream(path) as stream:
            rows = csv.reader(codecs.iterdecode(stream, encoding), delimiter=delimiter)
            width = len(next(rows))
            for row in rows:
                reader_line = rows.line_num
                if row and len(row) != width:
                    got = f"{len(row)} fields in line {reader_line}"
                    step = "Mend the line, or declare source.delimiter"
                    return PodiumError(competition, path.name, f"must have {width} fields a row", got=got, step=step)
    except UnicodeDecodeError as bad:
        return _wrong_encoding(path, competition, encoding, bad)
    except csv.Error as bad:
        got = f"{bad} in line {reader_line + 1}"
        return PodiumError(competition, path.name, "cannot be read", got=got, step=_REFETCH)
    return PodiumError(competition, path.name, "cannot be read", got=_short(error), step=_REFETCH)


def _wrong_encoding(path: Path, competition: str, encoding: str, error: UnicodeDecodeError) -> PodiumError:
    offset, line = _first_bad_byte(path, encoding)
    got = f"byte 0x{error.object[error.start]:02x} in line {line}, at offset {offset}"
    step = "Declare source.encoding, such as cp1252 or latin-1"
    return PodiumError(competition, path.name, f"must be {encoding} text", got=got, step=step)


def _first_bad_byte(path: Path, encoding: str) -> tuple[int, int]:
    """Offset (from 0) and line (from 1) of the first byte that this encoding cannot read."""
    offset, lines = 0, 1
    with _stream(path) as stream:
        for line in stream:
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                return offset + error.start, lines
            offset, lines = offset + len(line), lines + 1
    return offset, lines


def _short(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:160]
