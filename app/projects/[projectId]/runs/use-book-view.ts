'use client';
import { useState } from 'react';
import type { BookColumn, BookSort } from '#core/book/book-table.ts';
import { keep, readKept } from '../../../_lib/kept.ts';

/** Settings that a table shows before anybody chooses; the chain says its rounds already. */
const SETTINGS_FIRST = 2;

const firstOf = (columns: readonly BookColumn[], isSweep: boolean): string[] => {
  const settings = columns.filter(({ key }) => key.startsWith('setting.') && !key.startsWith('setting.chain.'));
  const figures = columns.filter(({ key, first }) => first && !(isSweep && ALIKE.has(key)));
  return [...figures, ...(isSweep ? settings : settings.slice(0, SETTINGS_FIRST))].map(({ key }) => key);
};
/** What runs of a sweep have in common. */
const ALIKE: ReadonlySet<string> = new Set(['chain', 'created']);

export interface BookView {
  visible: BookColumn[];
  sort: BookSort;
  sortBy: (key: string) => void;
  show: (key: string, shown: boolean) => void;
  reset: () => void;
}

/** Which columns this browser shows of a project's runs, or of a sweep, and by which it sorts. */
export function useBookView(place: string, columns: readonly BookColumn[], isSweep: boolean): BookView {
  const columnsKey = `runs columns ${place}`;
  const sortKey = `runs sort ${place}`;
  const [chosen, setChosen] = useState(() => readKept(columnsKey));
  const [sorted, setSorted] = useState(() => readKept(sortKey) ?? 'run down');
  const keys = new Set(chosen ? chosen.split(',') : firstOf(columns, isSweep));
  const [key = 'run', direction] = sorted.split(' ');
  const write = (next: string) => {
    keep(columnsKey, next);
    setChosen(next);
  };
  const sort = { key, down: direction === 'down' };
  return {
    visible: columns.filter((one) => keys.has(one.key)),
    sort,
    sortBy: (by) => {
      // Figures are read from the highest, words from A.
      const kind = columns.find((one) => one.key === by)?.kind ?? 'count';
      const down = by === key ? !sort.down : kind !== 'text';
      const next = `${by} ${down ? 'down' : 'up'}`;
      keep(sortKey, next);
      setSorted(next);
    },
    show: (one, shown) =>
      write(
        [...keys]
          .filter((each) => each !== one)
          .concat(shown ? [one] : [])
          .join(','),
      ),
    reset: () => write(''),
  };
}
