/** Why an image may be skipped: how pages call it, and what is kept, the same in every language. */
export const SKIP_REASONS = [
  { name: 'blurred', reason: 'Too blurred' },
  { name: 'several', reason: 'Several classes' },
  { name: 'none', reason: 'None of the classes' },
  { name: 'unsure', reason: 'Not sure' },
  { name: 'outside', reason: 'Should not be here' },
] as const;
