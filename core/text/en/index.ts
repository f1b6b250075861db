import { account } from './account.ts';
import { common } from './common.ts';
import { error } from './error.ts';
import { format } from './format.ts';
import { grid } from './grid.ts';
import { hand } from './hand.ts';
import { home } from './home.ts';
import { label } from './label.ts';
import { notifications } from './notifications.ts';
import { people } from './people.ts';
import { review } from './review.ts';
import { shell } from './shell.ts';
import { title } from './title.ts';
import { activity } from './rooms/activity.ts';
import { card } from './rooms/card.ts';
import { change } from './rooms/change.ts';
import { chart } from './rooms/chart.ts';
import { data } from './rooms/data.ts';
import { exports } from './rooms/exports.ts';
import { file } from './rooms/file.ts';
import { gallery } from './rooms/gallery.ts';
import { image } from './rooms/image.ts';
import { learning } from './rooms/learning.ts';
import { letter } from './rooms/letter.ts';
import { map } from './runs/map.ts';
import { newrun } from './runs/newrun.ts';
import { next } from './rooms/next.ts';
import { organization } from './rooms/organization.ts';
import { overview } from './rooms/overview.ts';
import { refusal } from './rooms/refusal.ts';
import { run } from './runs/run.ts';
import { runbook } from './runs/runbook.ts';
import { runcompare } from './runs/runcompare.ts';
import { runcurves } from './runs/runcurves.ts';
import { runinsight } from './runs/runinsight.ts';
import { runpage } from './runs/runpage.ts';
import { runround } from './runs/runround.ts';
import { runsetting } from './runs/runsetting.ts';
import { settings } from './rooms/settings.ts';
import { snapshots } from './rooms/snapshots.ts';
import { sources } from './rooms/sources.ts';
import { team } from './rooms/team.ts';
import { why } from './rooms/why.ts';
import { trying } from './runs/trying.ts';

/** What pages say, by where it comes along: on every page, on those of a project, or in some rooms only. */
export const english = {
  everywhere: { ...account, ...common, ...error, ...format, ...home, ...notifications, ...people, ...shell, ...title },
  project: { ...change, ...grid, ...hand, ...label, ...next, ...review },
  chart: { ...chart },
  runs: { ...overview, ...run },
  runrooms: { ...runbook, ...runcompare, ...runcurves, ...runinsight, ...runpage, ...runround, ...runsetting },
  gallery: { ...gallery, ...image },
  refusals: { ...file, ...learning, ...refusal },
  map: { ...map },
  trying: { ...trying },
  settings: { ...settings },
  letters: { ...letter },
  cards: { ...card },
  organization: { ...activity, ...organization },
  team: { ...team },
  newrun: { ...newrun, ...why },
  data: { ...data, ...exports, ...snapshots, ...sources },
} as const;

type Parts = typeof english;
export type Messages = Parts['everywhere'] &
  Parts['project'] &
  Parts['chart'] &
  Parts['runs'] &
  Parts['runrooms'] &
  Parts['gallery'] &
  Parts['refusals'] &
  Parts['map'] &
  Parts['trying'] &
  Parts['settings'] &
  Parts['letters'] &
  Parts['cards'] &
  Parts['organization'] &
  Parts['team'] &
  Parts['newrun'] &
  Parts['data'];
