"""JPEG within documents: what it says of place, device and time is left out, its pixels stay as they are."""

KEPT = {0xE0, 0xE2, 0xEE}


def without_details(jpeg: bytes) -> bytes:
    """The same picture without Exif, XMP, IPTC and comments; as given where it is not made as a JPEG is."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, place = bytearray(jpeg[:2]), 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        mark = jpeg[place + 1]
        if mark == 0xDA:
            kept += jpeg[place:]
            return bytes(kept)
        length = int.from_bytes(jpeg[place + 2 : place + 4], "big")
        described = 0xE0 <= mark <= 0xEF or mark == 0xFE
        if not described or mark in KEPT:
            kept += jpeg[place : place + 2 + length]
        place += 2 + length
    return jpeg
