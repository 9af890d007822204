"""Letters from constituents: their own words, to their own MP, once, held by the organisation that asked."""
