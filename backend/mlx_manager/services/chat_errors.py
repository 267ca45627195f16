"""What can be wrong with a request about one's chats, besides what ``errors`` has for all.

ManagerError
├── NotAnExport             400 not_an_export
├── NotEditable             409 not_editable
├── NothingToAnswer         409 nothing_to_answer
├── NothingToCompare        409 nothing_to_compare
├── FolderExists            409 folder_exists
├── AttachmentInUse         409 attachment_in_use
├── AttachmentsFull         409 attachments_full
├── AttachmentTooLarge      413 attachment_too_large
└── NotText                 415 not_text
"""

from mlx_manager.errors import ManagerError


class NotAnExport(ManagerError):
    """What is to be imported is nothing that was exported here."""

    status = 400
    code = "not_an_export"


class NotEditable(ManagerError):
    """The message is not what a person said."""

    status = 409
    code = "not_editable"


class NothingToAnswer(ManagerError):
    """There is no message before the reply that is to be made again."""

    status = 409
    code = "nothing_to_answer"


class NothingToCompare(ManagerError):
    """The message is no reply."""

    status = 409
    code = "nothing_to_compare"


class FolderExists(ManagerError):
    """The user has a folder of this name."""

    status = 409
    code = "folder_exists"


class AttachmentInUse(ManagerError):
    """The file belongs to a conversation."""

    status = 409
    code = "attachment_in_use"


class AttachmentsFull(ManagerError):
    """The user's files take all the room they may."""

    status = 409
    code = "attachments_full"


class AttachmentTooLarge(ManagerError):
    """The file is over the limit of one."""

    status = 413
    code = "attachment_too_large"


class NotText(ManagerError):
    """The file is not text."""

    status = 415
    code = "not_text"
