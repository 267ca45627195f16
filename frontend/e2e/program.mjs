import { fileURLToPath } from 'node:url';

/** The mlx-manager that the tests start. */
export const program =
  process.env.MLX_MANAGER_BIN ??
  fileURLToPath(new URL('../../.venv/bin/mlx-manager', import.meta.url));
