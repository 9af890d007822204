"""What motions hold of people, for the rights desk."""

from organising.platform.people import about_nobody

about_nobody({})
