"""Changing actions. Every service takes the actor first, writes history and audit log, and never commits."""

from .changing import (
    approve_action,
    cancel_action,
    check_report,
    close_action,
    finish_past_actions,
    request_changes,
    restore_action,
    schedule_action,
    submit_action,
)
from .outcomes import Met, Outcome
from .planning import Plan, edit_action, plan_action
from .reporting import ask_back, correct_report, go_back, report_action, report_past_action
from .rules import EditedMeanwhile

__all__ = [
    "EditedMeanwhile",
    "Met",
    "Outcome",
    "Plan",
    "approve_action",
    "ask_back",
    "cancel_action",
    "check_report",
    "close_action",
    "correct_report",
    "edit_action",
    "finish_past_actions",
    "go_back",
    "plan_action",
    "report_action",
    "report_past_action",
    "request_changes",
    "restore_action",
    "schedule_action",
    "submit_action",
]
