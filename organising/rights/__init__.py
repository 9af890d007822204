"""The rights desk: what people ask of an organisation about their own data, and what is done about it in time."""
