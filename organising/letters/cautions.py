"""Words by which a letter may give away someone's immigration status. Pure; a person decides what they mean."""

import re
import unicodedata

# Short on purpose: each of these is more often about a person than about the law. Matched as whole words.
_WORDS = (
    r"immigration status",
    r"(?:refugee|settled|pre-settled|insecure|irregular) status",
    r"(?:leave|right|permission) to remain",
    r"asylum seekers?",
    r"(?:seek|seeks|seeking|sought|claim|claims|claimed|claiming|refused|granted|applied for) asylum",
    r"asylum (?:claim|claims|case|application)",
    r"visas?",
    r"undocumented",
    r"over-?stay(?:s|ed|er|ers|ing)?",
    r"illegal (?:im)?migrants?",
    r"(?:here|lives?|living|works?|working|stays?|staying) illegally",
    r"(?:no|without|have no|has no) (?:legal )?papers",
    r"no recourse to public funds",
    r"nrpf",
    r"biometric residence permit",
    r"brp",
    r"deported",
    r"deportation order",
    r"removal directions",
    r"home office (?:reference|number)",
)
_FOUND = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})(?!\w)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def find_cautions(*texts: str) -> list[str]:
    """The words to ask about, in small letters, each once, in the order in which they come."""
    found: dict[str, None] = {}
    for text in texts:
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
        found |= dict.fromkeys(match.group() for match in _FOUND.finditer(" ".join(plain.split())))
    return list(found)
