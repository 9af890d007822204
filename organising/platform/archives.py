"""What reading a zip archive that somebody sent can raise. Pure."""

import lzma
import struct
import zipfile
import zlib

# Cut off or altered, for each way of packing its own error (bzip2's is an OSError); locked, which is a RuntimeError; and
# packed in a way that Python does not know, for which zipfile raises NotImplementedError.
UNSOUND = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError,
)  # fmt: skip
