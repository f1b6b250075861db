/** Recorded actions in words; one that is missing here is shown as it was recorded. */
export const ACTIVITY_WORDS: Record<string, string> = {
  'organization:created': 'Created the organization',
  'invitation:created': 'Made an invite link for',
  'member:joined': 'Joined as',
  'member:removed': 'Removed',
  'member:projects-chosen': 'Chose projects for',
  'password:reset-link-made': 'Made a password link for',
  'password:reset': 'Set a new password:',
  'role:changed': 'Changed the role of',
  'project:created': 'Created the project',
  'project:changed': 'Changed the project',
  'project:deleted': 'Deleted the project',
  'class:merged': 'Merged the class',
  'class:unmerged': 'Took back the merge of the class',
  'class:deleted': 'Deleted the class',
  'import:ended': 'Imported',
  'import:failed': 'Could not import all of',
  'validation:drawn': 'Set images aside for validation:',
  'look-alikes:moved': 'Moved look-alikes out of the pool:',
  'look-alikes:returned': 'Moved look-alikes back into the pool:',
  'images:exclude': 'Excluded',
  'images:delete': 'Deleted',
  'images:restore': 'Brought back',
  'images:move': 'Moved between splits:',
  'images:tag': 'Tagged',
  'images:untag': 'Took a tag off',
  'images:undo': 'Took back a change of',
  'run:started': 'Started the run',
  'run:thresholds-set': 'Set thresholds for',
  'review:queued': 'Sent images to review in',
  'run:paused': 'Paused',
  'run:resumed': 'Resumed',
  'run:cancelled': 'Cancelled',
  'run:described': 'Named or described',
  'run:archived': 'Archived',
  'run:unarchived': 'Took back from the archive',
  'run:deleted': 'Deleted',
  'run:went-on': 'Let go on',
  'round:accepted': 'Accepted',
  'round:rolled-back': 'Rolled back',
  'model:promoted': 'Let predict:',
  'model:rolled-back': 'Rolled back what predicts, to',
  'snapshot:created': 'Took the snapshot',
  'export:created': 'Exported',
};

/** `{ from: 'viewer', to: 'lead' }` → "from viewer · to lead"; only plain values are shown. */
export const describeDetail = (detail: Record<string, unknown>): string =>
  Object.entries(detail)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .map(([key, value]) => `${key.replaceAll(/([A-Z])/gu, ' $1').toLowerCase()} ${String(value)}`)
    .join(' · ');
