/** A single page application: the manager serves the same index.html for every address. */
export const ssr = false;
export const prerender = false;
