"""Representatives are public figures. A file of them is public facts."""

from organising.platform.people import about_nobody

about_nobody({"import_upload": "a file of people in public office, as it was published"})
