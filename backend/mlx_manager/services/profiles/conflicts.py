"""What stands in the way of a change to a profile, or of its start and stop.

ProfileConflict
├── ProfileNameTaken        409 profile_name_taken
├── ProfileModelMissing     409 profile_model_missing
├── ProfileInUse            409 profile_in_use
├── ServerBusy              409 server_busy
└── PlacementUnavailable    409 placement_unavailable
"""

from mlx_manager.errors import ManagerError


class ProfileConflict(ManagerError):
    """The state of things here does not allow it."""

    status = 409


class ProfileNameTaken(ProfileConflict):
    """Another profile, or a model on this machine, has this name."""

    code = "profile_name_taken"


class ProfileModelMissing(ProfileConflict):
    """What a profile is to run is not on this machine."""

    code = "profile_model_missing"


class ProfileInUse(ProfileConflict):
    """The profile runs; it is to be stopped first."""

    code = "profile_in_use"


class ServerBusy(ProfileConflict):
    """The profile cannot be stopped while its model is in use."""

    code = "server_busy"


class PlacementUnavailable(ProfileConflict):
    """This server cannot run profiles there."""

    code = "placement_unavailable"
