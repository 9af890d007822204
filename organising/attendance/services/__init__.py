"""Services by noun: ``places`` (the public's own), ``mails``, ``planning_mail``, ``people``, ``meetings``, ``keeping``."""
