import { review } from './review.ts';
import { label } from './label.ts';
import { hand } from './hand.ts';
import { grid } from './grid.ts';
import { account } from './account.ts';
import { common } from './common.ts';
import { error } from './error.ts';
import { format } from './format.ts';
import { home } from './home.ts';
import { notifications } from './notifications.ts';
import { people } from './people.ts';
import { shell } from './shell.ts';
import { title } from './title.ts';

/** What pages of every kind say: it comes with each of them. */
const everywhere = {
  ...account,
  ...common,
  ...error,
  ...format,
  ...home,
  ...notifications,
  ...people,
  ...shell,
  ...title,
} as const;

/** What the pages of a project say beside that. */
const project = { ...grid, ...hand, ...label, ...review } as const;

export const english = { everywhere, project } as const;
export type Messages = typeof everywhere & typeof project;
