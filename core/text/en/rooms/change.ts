export const change = {
  'change.doing.exclude': 'Excluding',
  'change.doing.delete': 'Deleting',
  'change.doing.restore': 'Bringing back',
  'change.doing.move': 'Moving',
  'change.doing.tag': 'Tagging',
  'change.doing.untag': 'Taking the tag off',
  'change.done.exclude': '{count|one=# image|other=# images} excluded',
  'change.done.delete': '{count|one=# image|other=# images} deleted',
  'change.done.restore': '{count|one=# image|other=# images} back in the project',
  'change.done.move': '{count|one=# image|other=# images} moved to {split}',
  'change.done.tag': '{count|one=# image|other=# images} tagged “{tag}”',
  'change.done.untag': '{count|one=# image|other=# images} without the tag “{tag}”',
  'change.kept':
    '{count|one=# image stays in the pool: a model chose it|other=# images stay in the pool: a model chose them} for people, and what is measured on stays a random draw.',
  'change.canComeBack': 'Can be taken back for {days} days, under Deleted.',
  'change.runsGoOn':
    '{count|one=Run|other=Runs} {runs} {count|one=goes|other=go} on with what the rounds have frozen; later rounds leave these out.',
  'change.nothing': 'Nothing was changed',
  'change.asBefore': '{count|one=# image|other=# images} as before',
  'change.stop': 'Stop',
  'change.takingBack': 'Taking back',
  'change.stopped': 'Stopped half way',
} as const;
