'use client';
import { useState } from 'react';
import type { BookColumn, BookSort } from '#core/book/book-table.ts';
import { keep, readKept } from '../../../_lib/kept.ts';

/** Settings that a table shows before anybody chooses; the chain says its rounds already. */
const SETTINGS_FIRST = 2;

const firstOf = (columns: readonly BookColumn[]): string[] => {
  const settings = columns.filter(({ key }) => key.startsWith('setting.') && !key.startsWith('setting.chain.'));
  return [...columns.filter(({ first }) => first), ...settings.slice(0, SETTINGS_FIRST)].map(({ key }) => key);
};

export interface BookView {
  visible: BookColumn[];
  sort: BookSort;
  sortBy: (key: string) => void;
  show: (key: string, shown: boolean) => void;
  reset: () => void;
}

/** Which columns this browser shows of a project's runs, and by which it sorts. */
export function useBookView(projectId: string, columns: readonly BookColumn[]): BookView {
  const columnsKey = `runs columns ${projectId}`;
  const sortKey = `runs sort ${projectId}`;
  const [chosen, setChosen] = useState(() => readKept(columnsKey));
  const [sorted, setSorted] = useState(() => readKept(sortKey) ?? 'run down');
  const keys = new Set(chosen ? chosen.split(',') : firstOf(columns));
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
