"""Reading: what the public may see (``listing``), who comes (``people``), meetings (``meetings``), mail that is due (``mails``)."""
