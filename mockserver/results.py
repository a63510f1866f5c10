"""Results: the signed URL of a finished job, served as an object store serves it."""

from starlette.types import Receive, Scope, Send

from bodydouble.contracts.stages import Stage

from .jobs import Job
from .media import Refusal, expired, foreign_key, missing, missing_query, serve_clip, tampered
from .messages import Response
from .service import Service
from .signing import query_of, verify
from .states import state_at
