'use client';
import { useHotkeys } from 'react-hotkeys-hook';
import { useState } from 'react';
import { Dialog } from '../_ui/dialog.tsx';
import { Kbd } from '../_ui/kbd.tsx';

export interface HotkeyGroup {
  title: string;
  /** Keys are tried together: ["⌘", "K"]. */
  keys: readonly { keys: readonly string[]; does: string }[];
}

/** The ? overlay; opens and closes on "?", wherever that key lies. */
export function HotkeyHelp({ groups }: { groups: readonly HotkeyGroup[] }) {
  const [open, setOpen] = useState(false);
  useHotkeys('?', () => setOpen((before) => !before), { useKey: true, ignoreModifiers: true });
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keys" size="lg">
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1.5 text-xs text-muted">{group.title}</h3>
            <dl className="divide-y divide-line">
              {group.keys.map((line) => (
                <div key={line.does} className="flex items-center justify-between gap-4 py-1.5 text-sm">
                  <dt>{line.does}</dt>
                  <dd className="flex gap-1">
                    {line.keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
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
