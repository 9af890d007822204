"""Changing actions. Every service takes the actor first, writes history and audit log, and never commits."""

from .approving import Refused, approve_many, comment_action, give_approval, take_approval_back
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
from .joining import ALIVE, decide_joining, propose_joining
from .materials import (
    Material,
    Upload,
    add_material,
    put_back_material,
    remove_material,
    replace_material,
)
from .outcomes import Met, Outcome, Photo
from .planning import Model, Plan, edit_action, plan_action
from .preparing import Risk, put_checklist, put_risks, tick
from .reporting import ask_back, correct_report, go_back, report_action, report_past_action
from .roles import RoleDraft, give_role, take_role
from .rules import EditedMeanwhile
from .series import cancel_following, edit_following, list_days, list_following, plan_series, submit_all
from .templates import (
    TemplateDraft,
    change_template,
    keep_template,
    may_edit_templates,
    may_give_to_coalition,
    remove_template,
)

__all__ = [
    "ALIVE",
    "EditedMeanwhile",
    "Material",
    "Met",
    "Model",
    "Outcome",
    "Photo",
    "Plan",
    "Refused",
    "Risk",
    "RoleDraft",
    "TemplateDraft",
    "Upload",
    "add_material",
    "approve_action",
    "approve_many",
    "ask_back",
    "cancel_action",
    "cancel_following",
    "change_template",
    "check_report",
    "close_action",
    "comment_action",
    "correct_report",
    "decide_joining",
    "edit_action",
    "edit_following",
    "finish_past_actions",
    "give_approval",
    "give_role",
    "go_back",
    "keep_template",
    "list_days",
    "list_following",
    "may_edit_templates",
    "may_give_to_coalition",
    "plan_action",
    "plan_series",
    "propose_joining",
    "put_back_material",
    "put_checklist",
    "put_risks",
    "remove_material",
    "remove_template",
    "replace_material",
    "report_action",
    "report_past_action",
    "request_changes",
    "restore_action",
    "schedule_action",
    "submit_action",
    "submit_all",
    "take_approval_back",
    "take_role",
    "tick",
]
