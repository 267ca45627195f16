/** Whether this is a Mac or an iPad, whose keyboards have a command key. */
export const isMac = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? '');
