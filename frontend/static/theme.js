// Runs before the first paint so that a page in the chosen theme never flashes in the other one.
// state/theme.svelte.ts writes the same key.
(function () {
  try {
    var theme = localStorage.getItem('mlx-manager.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's own theme applies.
  }
})();
