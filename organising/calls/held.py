"""What calls hold of people: colleagues alone, who were asked, written to, and answered."""

from organising.platform.people import about_nobody

about_nobody(
    {
        "action_call": "what an organisation asks of its own branches",
        "call_unit": "what a branch answered, and which of its officers gave the answer",
        "call_mail": "which officer was written to about a call; it goes with the officer",
        "call_event": "who did what with a call, by their office",
    }
)
