"""Every table in one place, for those who need the whole of it (migrations and their tests)."""

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.attachments import Attachment
from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.columns import Row
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.downloads import Download
from mlx_manager.db.folders import Folder
from mlx_manager.db.messages import Message
from mlx_manager.db.providers import Provider
from mlx_manager.db.responses import Response
from mlx_manager.db.routing_rules import RoutingRule
from mlx_manager.db.search_texts import SearchText
from mlx_manager.db.sessions import LoginSession
from mlx_manager.db.settings import Setting
from mlx_manager.db.usage_daily import UsageDaily
from mlx_manager.db.users import User

METADATA = Row.metadata

__all__ = [
    "METADATA",
    "ApiKey",
    "Attachment",
    "AuditLog",
    "Conversation",
    "Download",
    "Folder",
    "LoginSession",
    "Message",
    "Provider",
    "Response",
    "RoutingRule",
    "SearchText",
    "Setting",
    "UsageDaily",
    "User",
]
