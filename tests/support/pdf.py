"""The words of a PDF as the typesetter writes it: enough to look for a text in it, without a library."""

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def streams(pdf: bytes) -> list[bytes]:
    """Every stream, inflated where it is deflated."""
    found = []
    for body in STREAM.findall(pdf):
        try:
            found.append(zlib.decompressobj().decompress(body))
        except zlib.error:
            found.append(body)
    return found


def count_pages(pdf: bytes) -> int:
    """How many page objects it holds."""
    whole = pdf + b"".join(streams(pdf))
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", whole))


def words_of(pdf: bytes) -> list[bytes]:
    """Everything in which a text could stand: raw bytes, inflated streams, and glyphs turned back into letters."""
    inflated = streams(pdf)
    letters = [
        _letters(stream) for stream in inflated if b"beginbfchar" in stream or b"beginbfrange" in stream
    ]
    shown = [
        _shown(stream, known)
        for stream in inflated
        if b" Tj" in stream or b"TJ" in stream
        for known in letters
    ]
    return [pdf, *inflated, *(text.encode() for text in shown)]


def holds(pdf: bytes, text: str) -> bool:
    """Whether these letters stand in it, whatever the spacing."""
    wanted = "".join(text.split()).encode()
    return any(wanted in b"".join(part.split()) for part in words_of(pdf))


def _letters(cmap: bytes) -> dict[bytes, str]:
    known = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, letter in PAIR.findall(block):
            known[code.upper()] = bytes.fromhex(letter.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, letter in RANGE.findall(block):
            for place in range(int(first, 16), int(last, 16) + 1):
                code = f"{place:0{len(first)}X}".encode()
                known[code] = chr(int(letter, 16) + place - int(first, 16))
    return known


def _shown(content: bytes, known: dict[bytes, str]) -> str:
    text = []
    for code in _strings(content):
        text += [known.get(code[place : place + 4], "") for place in range(0, len(code), 4)]
    return "".join(text)


def _strings(content: bytes) -> list[bytes]:
    """Every string operand as hexadecimal digits, in order; literals may hold balanced brackets."""
    found, place = [], 0
    while place < len(content):
        if content[place : place + 1] == b"(":
            end, depth = place + 1, 1
            while depth and end < len(content):
                here = content[end : end + 1]
                depth += (here == b"(") - (here == b")")
                end += 2 if here == b"\\" else 1
            found.append(_unescape(content[place + 1 : end - 1]).hex().upper().encode())
            place = end
        elif (match := re.compile(rb"<([0-9A-Fa-f\s]+)>").match(content, place)) is not None:
            found.append(b"".join(match.group(1).split()).upper())
            place = match.end()
        else:
            place += 1
    return found


def _unescape(text: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        rest = match.group(1)
        if rest[:1].isdigit():
            return bytes([int(rest, 8) & 255])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(rest, rest)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.DOTALL)
