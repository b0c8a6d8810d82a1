"""Whom a status update reaches."""

from enum import StrEnum


class Audience(StrEnum):
    ROOM = "room"
    ANNOUNCEMENT = "announcement"
    STAKEHOLDERS = "stakeholders"
    STATUS_PAGE = "status-page"
