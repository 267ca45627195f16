"""``python -m mlx_manager.openapi`` prints the OpenAPI document that the dashboard's types are
generated from: the same bytes for the same code, whatever the environment's settings."""

import json
import sys

from mlx_manager.config import ManagerSettings
from mlx_manager.main import create_app
from mlx_manager.mlx_server.config import MLXServerSettings


def document() -> str:
    """The document as JSON, with sorted keys and a newline at the end."""
    app = create_app(ManagerSettings.model_construct(), MLXServerSettings.model_construct())
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
