"""The words that people agree to have a version, so that what was read in another language can be told from English."""

import hashlib

from organising.platform.catalogs import list_catalogues, read_catalogue
from organising.pledges.models.signatures import CONSENT_VERSION
from organising.pledges.texts import lead_consent, pledge_consent, public_name_consent, updates_consent

# Any change of these words, in any language, is a new version: raise CONSENT_VERSION and put the new digest here.
DIGESTS = {1: "6ec61a4453d819d4d2760a30eee016aae6e954eec710494b187b843ad1e9e8ec"}


def test_a_change_of_words_is_a_new_version(app):
    with app.app_context():
        english = [
            pledge_consent("%(organisation)s"),
            updates_consent("%(organisation)s"),
            lead_consent("%(lead)s"),
            public_name_consent(),
        ]
    said = list(english)
    for path in list_catalogues():
        catalogue = read_catalogue(path)
        said += [str(catalogue[words].string) for words in english]
    assert len(said) == 16
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()
    assert DIGESTS[CONSENT_VERSION] == digest
    assert max(DIGESTS) == CONSENT_VERSION
