export const notifications = {
  'notifications.description': 'What happened, and where a colleague named you. Your account says what you are told.',
  'notifications.runsAndReviews': 'Runs and reviews',
  'notifications.mentions': 'Mentions',
  'notifications.markRead': 'Mark read',
  'notifications.markAllRead': 'Mark all read',
  'notifications.unread': 'unread',
  'notifications.none': 'Nobody has mentioned you yet',
  'notifications.noneWhy': 'When a colleague writes @{name} in a comment on an image, it appears here.',
  'notifications.older': 'Older',
} as const;
