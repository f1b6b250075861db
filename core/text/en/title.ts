export const title = {
  'title.signIn': 'Sign in',
  'title.forgot': 'Forgot password',
  'title.invitation': 'Invitation',
  'title.newPassword': 'New password',
  'title.projects': 'Projects · Pupil',
  'title.notifications': 'Notifications',
  'title.account': 'Account',
  'title.overview': 'Overview',
  'title.label': 'Label',
  'title.review': 'Review',
  'title.grid': 'Grid',
} as const;
