/** Pages as they are built; while they are developed they come from the server alone. */
export const IS_BUILT = process.env.NODE_ENV === 'production';
