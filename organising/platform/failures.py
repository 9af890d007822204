"""Jobs that failed within the last day, as the queue keeps them: whose, what for and when. Never why: that may quote a row, and
where it happened stands in the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from .clock import now
from .queue import QUEUES, Doorbell, JobRefused, get_redis, ring, verified


@dataclass(frozen=True)
class Failure:
    """One job that failed, by the id under which the log tells more."""

    id: str
    bell: Doorbell
    failed_at: datetime


def list_failures(organisation_id: UUID | None = None) -> list[Failure]:
    """The latest first: one organisation's, or all. What this installation did not sign is left out."""
    found = [one for name in QUEUES for one in _failed_in(name)]
    if organisation_id is not None:
        found = [one for one in found if one.bell.organisation_id == str(organisation_id)]
    return sorted(found, key=lambda one: one.failed_at, reverse=True)


def try_again(organisation_id: UUID, job_id: str) -> bool:
    """Ring once more for an organisation's failed job; returns whether there was one, and the queue took it."""
    failure = next((one for one in list_failures(organisation_id) if one.id == job_id), None)
    if failure is None or not ring(failure.bell):
        return False
    _registry(failure.bell.queue).remove(job_id, delete_job=True)
    return True


def _failed_in(queue: str) -> Iterator[Failure]:
    registry = _registry(queue)
    for job in Job.fetch_many(registry.get_job_ids(), connection=get_redis(), serializer=JSONSerializer):
        if job is None or len(job.args) != 1 or not isinstance(job.args[0], dict):
            continue
        try:
            bell, _organisation_id, _row_id = verified(dict(job.args[0]))
        except JobRefused:
            continue
        yield Failure(job.id, bell, job.ended_at.replace(tzinfo=UTC) if job.ended_at else now())


def _registry(queue: str) -> FailedJobRegistry:
    return FailedJobRegistry(queue, connection=get_redis(), serializer=JSONSerializer)
