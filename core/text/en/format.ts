export const format = {
  'format.milliseconds': '{count} ms',
  'format.seconds': '{count} s',
  'format.minutes': '{count} min',
  'format.hours': '{count} h',
  'format.days': '{count} d',
  'format.perSecond': '/s',
  'format.perMinute': '/min',
  'format.underMinute': 'under a minute',
  'format.about': 'about {duration}',
  'format.justNow': 'just now',
} as const;
