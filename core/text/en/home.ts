export const home = {
  'home.noOrganization': 'You belong to no organization',
  'home.askForLink': 'Ask an owner for an invite link, then open it while you are signed in.',
  'home.projects': 'Projects',
  'home.newProject': 'New project',
  'home.noProjects': 'No projects yet',
  'home.makeOne': 'Make one, drop images into it, and label the first few together.',
  'home.waitForOne': 'A lead or owner makes the first one; it will appear here.',
  'home.paused': 'paused',
  'home.noImages': 'No images yet.',
  'home.started': 'Started {when}.',
  'home.labeledOf': '{labeled} of {total} labeled',
  'home.labeled': '{project}: labeled',
} as const;
