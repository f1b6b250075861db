/** Characters that a password needs at least. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 256;
