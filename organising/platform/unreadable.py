"""That a file is no table, and where. Pure."""


class UnreadableSheet(ValueError):
    """Why a file can't be read, in a sentence that says where."""
