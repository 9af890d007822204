"""Reading an organisation's contacts. Row security narrows an officer's to the own unit, an analyst's to none."""
