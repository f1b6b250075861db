export const letter = {
  'letter.subject': 'Your new password for Pupil',
  'letter.hello': 'Hello {name},',
  'letter.hour': 'open this link to choose a new password. It works once, within an hour:',
  'letter.day': 'open this link to choose a new password. It works once, within a day:',
  'letter.else': 'If you did not ask for it, do nothing: your password stays as it is.',
} as const;
