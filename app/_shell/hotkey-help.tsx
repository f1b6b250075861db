'use client';
import { useState } from 'react';
import { capsOf } from '#core/labeling/key-press.ts';
import { useText } from '../_text/text.tsx';
import { isApple, useHotkeys } from '../_keys/keys.ts';
import { Dialog } from '../_ui/dialog.tsx';
import { Kbd } from '../_ui/kbd.tsx';

export interface HotkeyGroup {
  title: string;
  /** One or another, or one after the other; a chord is one: ["Mod+k"]. */
  keys: readonly { keys: readonly string[]; does: string }[];
}

/** The ? overlay; opens and closes on "?", wherever that key lies. */
export function HotkeyHelp({ groups }: { groups: readonly HotkeyGroup[] }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  useHotkeys({ '?': () => setOpen((before) => !before) }, 'everywhere');
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t('shell.keys')} size="lg">
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1.5 text-xs text-muted">{group.title}</h3>
            <dl className="divide-y divide-line">
              {group.keys.map((line) => (
                <div key={line.does} className="flex items-center justify-between gap-4 py-1.5 text-sm">
                  <dt>{line.does}</dt>
                  <dd className="flex gap-1">
                    {line.keys
                      .flatMap((key) => capsOf(key, isApple()))
                      .map((cap) => (
                        <Kbd key={cap}>{cap}</Kbd>
                      ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
