"""What a person seems to say. A proposal for the person who decides, never more."""

import re

from .kinds import ReplyClass

MOST_WORDS_TO_UNSUBSCRIBE = 60
QUOTED_FROM = re.compile(
    r"^\s*(?:-{2,}\s*original message\s*-{2,}|_{10,}|on .{5,120}wrote:\s*$|ar .{5,120}ysgrifennodd.*:\s*$|"
    r"from:\s.+|sent:\s.+|>.*|-{5,}.*forwarded.*)$",
    re.IGNORECASE,
)
UNSUBSCRIBE = re.compile(
    r"\bunsubscribe\b|(?:remove|take) (?:me|us|my (?:name|address)|this address|the member)\b.{0,40}(?:list|mailing|database)|"
    r"(?:stop|cease) (?:e-?mailing|sending|contacting|writing)|(?:do not|don.t) (?:e-?mail|contact|write to|send) (?:me|us|the member)|"
    r"no (?:more|further) (?:e-?mails|circulars|mailings)|opt(?:ing)? out",
    re.IGNORECASE,
)
ABUSE = re.compile(
    r"\b(?:scum|vermin|traitors?|go to hell|f+u+c+k\w*|bastards?|idiots?|morons?|shut up|piss off|get lost|"
    r"(?:send|ship) (?:them|you) (?:all )?back|watch your backs?)\b",
    re.IGNORECASE,
)
CASEWORK = re.compile(
    r"\b(?:home office|ho|case|casework|our) ref(?:erence)?\b|date of birth|\bd\.?o\.?b\b|national insurance number|"
    r"(?:application|passport|visa) number|(?:my|your|her|his|their) (?:constituent.s |family.s )?(?:asylum|visa|immigration|"
    r"benefits?|housing) (?:case|claim|application|appeal)|about (?:my|your|this|the) (?:individual )?case\b|"
    r"(?:opened|open|taking up|take up|raised|raise) (?:a|this|your|the) (?:individual )?case\b|caseworker (?:will|has|is)",
    re.IGNORECASE,
)
MEETING = re.compile(
    r"(?:happy|glad|pleased|delighted|like|willing|able|welcome)\b[^.?!]{0,40}\b(?:to )?(?:meet|a (?:meeting|call|conversation)\b)|"
    r"(?:arrange|set up|schedule|find|fix|offer)\b[^.?!]{0,30}\b(?:meeting|call|slot|appointment|time to (?:meet|talk|speak))|"
    r"(?:come|invite you|invited|welcome) (?:along )?to (?:my|the|a) (?:next )?(?:surgery|office|drop-in)|"
    r"(?:available|free) (?:to meet|for a (?:call|meeting))|meet (?:with )?(?:you|two of you|your members)",
    re.IGNORECASE,
)
NO_MEETING = re.compile(
    r"(?:unable|not able|cannot|can.t|won.t|not be able|no time)\b[^.?!]{0,30}\b(?:meet|meeting|call)",
    re.IGNORECASE,
)
OPPOSE = re.compile(
    r"(?:do not|don.t|cannot|can.t|can not|unable to|not able to|won.t|will not|would not|not in a position to|no intention of)\b"
    r"[^.?!]{0,40}\b(?:support|agree|back|sign|endorse|vote for|add (?:my|his|her) name)|"
    r"\bi (?:strongly |firmly )?(?:oppose|disagree|reject)\b|not something (?:that )?i (?:can|could|would) support|"
    r"(?:is|are) right to share|must be (?:able|free) to share",
    re.IGNORECASE,
)
SUPPORT = re.compile(
    r"\bi (?:\w+ )?(?:support|agree with|back|endorse)\b|(?:happy|glad|pleased|proud|delighted) to (?:\w+ )?(?:support|sign|back|add|endorse|pledge)|"
    r"\bi(?: have|.ve|.ll| will)? (?:\w+ )?(?:sign(?:ed)?|add(?:ed)? my name|pledge[ds]?|co-sponsor(?:ed)?|table[ds]?)\b|"
    r"(?:you|count) (?:can |may )?(?:count )?on my support|(?:my|his|her) full support|share (?:all )?your concerns?|"
    r"(?:ms|mr|mrs|dr|sir|dame|lord|lady|the (?:member|mp)|he|she) [\w’' -]{0,40}?(?:supports|backs|agrees with|has signed|will sign)",
    re.IGNORECASE,
)
NONCOMMITTAL = re.compile(
    r"\bnote[ds]? (?:your|the|what|with)|bear (?:your|this|these|the|what)\b[^.?!]{0,40}\bin mind|"
    r"(?:passed|pass|forwarded|forward|shared|share) (?:your|this|on your|these)\b|(?:consider|considering|think about|look(?:ing)? into|"
    r"look carefully at|reflect on)\b|keep (?:a close|an) eye|taken on board|(?:raise|raised|take|taken) (?:this|it|your concerns?|"
    r"the matter) (?:up )?with|(?:write|written) to the (?:minister|secretary|home)|listen(?:ing)? to (?:all|both|the)",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """What the writer wrote, without what they quote below."""
    kept: list[str] = []
    for line in text.split("\n"):
        if QUOTED_FROM.match(line):
            if any(one.strip() for one in kept):
                break
            continue
        kept.append(line)
    return "\n".join(kept).strip()


def wants_no_more(subject: str, words: str) -> bool:
    """Whether this asks, in few words, to be written to no more."""
    if subject.strip().lower() in ("unsubscribe", "remove", "stop"):
        return True
    return len(words.split()) <= MOST_WORDS_TO_UNSUBSCRIBE and bool(UNSUBSCRIBE.search(words))


def propose(words: str) -> ReplyClass | None:
    """The class that the words speak for, or ``None`` where they speak for none or for two that exclude each other."""
    flat = " ".join(words.split())
    if ABUSE.search(flat):
        return ReplyClass.ABUSE
    if CASEWORK.search(flat):
        return ReplyClass.CASEWORK
    opposes, rest = bool(OPPOSE.search(flat)), OPPOSE.sub(" ", flat)
    supports = bool(SUPPORT.search(rest))
    if MEETING.search(flat) and not NO_MEETING.search(flat) and not opposes:
        return ReplyClass.MEETING_OFFER
    if opposes and supports:
        return None
    if opposes or supports:
        return ReplyClass.SUBSTANTIVE_OPPOSE if opposes else ReplyClass.SUBSTANTIVE_SUPPORT
    return ReplyClass.NONCOMMITTAL if NONCOMMITTAL.search(flat) else None
