'use client';
import { useState } from 'react';
import { Said, useText } from '../_text/text.tsx';
import { CopyText } from '../_ui/copy-text.tsx';
import { Field } from '../_ui/form/field.tsx';
import { Select } from '../_ui/form/select.tsx';
import { Notice } from '../_ui/states.tsx';

const COMMAND = 'npm start -- --host 0.0.0.0';
const LOOPBACK = /^(localhost|.*\.localhost|127\..*|\[::1\])$/;

/**
 * The link under the address that this browser came by; under one that colleagues reach where this one opens on this
 * machine only, and it says so.
 * @param addresses where the server says that colleagues reach it
 */
export function InviteLink({ path, addresses }: { path: string; addresses: readonly string[] }) {
  const { t } = useText();
  const here = window.location.origin;
  const isLocal = LOOPBACK.test(window.location.hostname);
  const offered = [...new Set(isLocal ? addresses : [here, ...addresses])];
  const [chosen, setChosen] = useState(offered[0] ?? here);
  return (
    <div className="space-y-4">
      {isLocal && offered.length === 0 && (
        <Notice tone="warn">
          <Said of="people.onlyThisMachine" with={{ code: <code className="font-mono">{COMMAND}</code> }} />
        </Notice>
      )}
      {offered.length > 1 && (
        <Field label={t('people.address')} hint={t('people.addressHint')}>
          <Select
            value={chosen}
            onChange={setChosen}
            options={offered.map((address) => ({ value: address, label: address }))}
          />
        </Field>
      )}
      <CopyText text={`${chosen}${path}`} label={t('people.inviteLink')} />
    </div>
  );
}
