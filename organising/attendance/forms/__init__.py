"""Forms: the public's (``public``) and staff's (``staff``)."""
