"""Updates to signers: written by the organisation that holds the consent, and sent once to each."""
