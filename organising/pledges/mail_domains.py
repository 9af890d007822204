"""What the domain of an email address says: whose it is, whether half the country has one there, whether it lasts."""

from disposable_email_domains import blocklist

# Providers for everybody, and the health services' own mail: a rush of addresses there is no sign of anything.
LARGE = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
        "msn.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com",
        "aol.co.uk", "btinternet.com", "btopenworld.com", "talk21.com", "sky.com", "virginmedia.com", "ntlworld.com",
        "blueyonder.co.uk", "talktalk.net", "tiscali.co.uk", "o2.co.uk", "ee.co.uk", "mail.com", "gmx.com",
        "gmx.co.uk", "gmx.net", "proton.me", "protonmail.com", "pm.me", "fastmail.com", "fastmail.fm", "zoho.com",
        "tutanota.com", "tuta.com", "riseup.net", "nhs.net", "nhs.scot",
    }
)  # fmt: skip
# Below these names belong to many: ``a.co.uk`` and ``b.co.uk`` are two owners, ``x.a.co.uk`` is the first's.
SHARED = frozenset(
    {
        "co.uk", "org.uk", "me.uk", "net.uk", "ltd.uk", "plc.uk", "ac.uk", "gov.uk", "nhs.uk", "police.uk", "mod.uk",
        "sch.uk", "com.au", "com.br", "com.es", "com.pt",
    }
)  # fmt: skip
# A school's is below its council's: ``school.council.sch.uk``.
BELOW_COUNCILS = "sch.uk"


def domain_of(email: str) -> str:
    """The domain of an address as mail servers compare it: lower case, and in ASCII (RFC 5891)."""
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def owner_of(email: str) -> str:
    """The part of an address' domain that somebody registers: who owns it can make any number of others below it."""
    labels = domain_of(email).split(".")
    kept = 2
    if ".".join(labels[-2:]) in SHARED:
        kept = 4 if ".".join(labels[-2:]) == BELOW_COUNCILS else 3
    return ".".join(labels[-kept:])


def is_thrown_away(email: str) -> bool:
    """Whether the address is at a service whose addresses anyone can read or that end within the hour.

    By the list of the disposable-email-domains project, which takes in no service that forwards to an address one keeps.
    """
    labels = domain_of(email).split(".")
    return any(".".join(labels[first:]) in blocklist for first in range(len(labels) - 1))


def is_large(domain: str) -> bool:
    """Whether it is a provider at which half the country has an address."""
    return domain in LARGE
