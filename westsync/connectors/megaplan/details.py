"""What hangs on single objects, many objects in one request where the account allows it.

``POST /bulk`` carries up to 20 reads (contract 4.14). Where it is missing or refused, that is
remembered and the same reads go one by one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import structlog

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.envelope import Document, describe_errors
from westsync.connectors.megaplan.history import touches
from westsync.connectors.megaplan.protocol import Endpoint, bulk_body, link, page_query
from westsync.connectors.megaplan.tasks import task_record
from westsync.connectors.megaplan.todos import todo_record
from westsync.connectors.megaplan.values import items, number, text
from westsync.domain.records import Detail, Details
from westsync.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import TaskRecord, TodoRecord

BULK_SIZE = 20
LONGEST_LIST_PAGES = 10
_log = structlog.get_logger(__name__)
