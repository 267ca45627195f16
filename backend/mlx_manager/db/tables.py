"""Every table in one place, for those who need the whole of it (migrations and their tests)."""

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.attachments import Attachment
from mlx_manager.db.audit_hours import AuditHour
from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.columns import Row
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.downloads import Download
from mlx_manager.db.folders import Folder
from mlx_manager.db.kept_secrets import KeptSecret
from mlx_manager.db.messages import Message
from mlx_manager.db.model_probes import ModelProbe
from mlx_manager.db.providers import Provider
from mlx_manager.db.responses import Response
from mlx_manager.db.routing_rules import RoutingRule
from mlx_manager.db.search_texts import SearchText
from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.db.sessions import LoginSession
from mlx_manager.db.settings import Setting
from mlx_manager.db.usage_daily import UsageDaily
from mlx_manager.db.usage_days import UsageDay
from mlx_manager.db.usage_spans import UsageSpan
from mlx_manager.db.users import User

METADATA = Row.metadata

__all__ = [
    "METADATA",
    "ApiKey",
    "Attachment",
    "AuditHour",
    "AuditLog",
    "Conversation",
    "Download",
    "Folder",
    "KeptSecret",
    "LoginSession",
    "Message",
    "ModelProbe",
    "Provider",
    "Response",
    "RoutingRule",
    "SearchText",
    "ServerProfile",
    "Setting",
    "UsageDaily",
    "UsageDay",
    "UsageSpan",
    "User",
]
