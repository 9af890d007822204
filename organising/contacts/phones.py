"""Phone numbers as people type them, kept as E.164 (ITU-T), shown as they are dialled here."""

import re

from flask_babel import gettext as _

HERE = "GB"
# Ten digits after the 0 or the country's code, as nearly all numbers here have.
_PLAIN = re.compile(r"(?:0|\+44)([1-9][0-9]{9})")
_SPACING = re.compile(r"[ ().-]")


def parse_phone(text: str) -> str:
    """The number as E.164, such as ``+442079460123``; one without a country's code is British.

    Raises ``ValueError`` with a plain sentence. Judged by its length alone: plans of numbers change faster than tables
    of them, and numbers kept for drama are assigned to nobody.
    """
    found = _PLAIN.fullmatch(_SPACING.sub("", text))
    if found:
        # What the parser makes of it too, in a tenth of the time.
        return f"+44{found[1]}"
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

    try:
        number = phonenumbers.parse(text, HERE)
    except NumberParseException:
        raise ValueError(_("Write a phone number such as 020 7946 0123 or +34 600 123 456.")) from None
    if number.extension:
        raise ValueError(_("Leave the extension out; put it in a note."))
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValueError(_("This is too short or too long for a phone number. Check the digits."))
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def find_phone(text: str) -> str | None:
    """The number that somebody searches for, or None where the words are no phone number."""
    digits = sum(letter.isdigit() for letter in text)
    if digits < 9 or any(letter.isalpha() for letter in text):
        return None
    try:
        return parse_phone(text)
    except ValueError:
        return None


def spoken_phone(number: str) -> str:
    """E.164 as it is dialled: ``020 7946 0123`` here, ``+34 600 12 34 56`` elsewhere. Anything else as it is."""
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat

    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(HERE)
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, style))
