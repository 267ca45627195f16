/** The language of the words beside this file, in which dates and numbers are written too. */
export const LOCALE = 'en';
