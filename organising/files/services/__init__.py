"""What is done with files."""

from .keeping import keep_file, read_all, replace_file
from .opening import address_of_file, open_version
from .removing import delete_file, purge, remove_file, restore_file, sweep_contents

__all__ = [
    "address_of_file",
    "delete_file",
    "keep_file",
    "open_version",
    "purge",
    "read_all",
    "remove_file",
    "replace_file",
    "restore_file",
    "sweep_contents",
]
