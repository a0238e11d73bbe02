"""HTTP: a service's operations, declared; everything that is the same for all is in here."""

from events.io.http.api import Api
from events.io.http.asked import Asked, Desk
from events.io.http.documents import (
    DocumentAnswer,
    Documents,
    Filing,
    declare_documents,
    not_on_file,
)
from events.io.http.given import (
    Do,
    Gateways,
    Load,
    NewIds,
    Now,
    Others,
    Paging,
    Request,
    Reveal,
    View,
    Who,
)
from events.io.http.models import READABLE, Answer, Body, Page
from events.io.http.problems import Fault, Problem
from events.io.http.upload import Files, Upload

__all__ = [
    "READABLE",
    "Answer",
    "Api",
    "Asked",
    "Body",
    "Desk",
    "Do",
    "DocumentAnswer",
    "Documents",
    "Fault",
    "Files",
    "Filing",
    "Gateways",
    "Load",
    "NewIds",
    "Now",
    "Others",
    "Page",
    "Paging",
    "Problem",
    "Request",
    "Reveal",
    "Upload",
    "View",
    "Who",
    "declare_documents",
    "not_on_file",
]
