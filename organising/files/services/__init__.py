"""What is done with files."""

from .checking import check_data, check_file, check_size, read_all, refuse
from .keeping import keep_clean, keep_file, replace_file
from .opening import address_of_file, open_governed, open_version
from .removing import delete_file, get_deletable, goes_at, purge, remove_file, restore_file, sweep_contents

__all__ = [
    "address_of_file",
    "check_data",
    "check_file",
    "check_size",
    "delete_file",
    "get_deletable",
    "goes_at",
    "keep_clean",
    "keep_file",
    "open_governed",
    "open_version",
    "purge",
    "read_all",
    "refuse",
    "remove_file",
    "replace_file",
    "restore_file",
    "sweep_contents",
]
