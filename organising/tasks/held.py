"""What tasks hold of people: colleagues alone. Free words about others are not searched, as in other notes among colleagues."""

from organising.platform.people import about_nobody

about_nobody(
    {
        "task": "what a colleague is to do",
        "task_event": "which colleague did what with a task, and what they said of it",
        "task_news": "which colleague was told of a task",
        "last_look": "when a colleague last looked at what partners did",
    }
)
