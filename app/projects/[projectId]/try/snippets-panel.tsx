'use client';
import Link from 'next/link';
import { useState, useSyncExternalStore } from 'react';
import { SNIPPET_TITLES, SNIPPETS, writeSnippet } from '#core/serving/snippets.ts';
import type { SnippetName } from '#core/serving/snippets.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { useCopy } from '../../../_ui/copy-text.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Tabs } from '../../../_ui/tabs.tsx';

const subscribeNever = (): (() => void) => () => undefined;

/** The address of this project, as lines that a program runs. */
export function SnippetsPanel() {
  const { t } = useText();
  const { project } = useProject();
  const [chosen, setChosen] = useState<SnippetName>('curl');
  const url = useSyncExternalStore(
    subscribeNever,
    () => window.location.origin,
    () => '',
  );
  return (
    <Panel
      title={t('trying.program')}
      description={
        <Said
          of="trying.programWhy"
          with={{
            token: (
              <Link className="underline" href={`/organizations/${project.organizationId}/tokens`}>
                {t('trying.token')}
              </Link>
            ),
          }}
        />
      }
    >
      <Tabs
        label={t('trying.languages')}
        value={chosen}
        onChange={setChosen}
        tabs={SNIPPETS.map((value) => ({
          value,
          label: SNIPPET_TITLES[value],
          content: <Snippet text={writeSnippet(value, { url, projectId: project.id })} />,
        }))}
      />
    </Panel>
  );
}

function Snippet({ text }: { text: string }) {
  const { t } = useText();
  const { field, button, words } = useCopy<HTMLTextAreaElement>(text, { size: 'sm' });
  return (
    <div className="space-y-2">
      <textarea
        ref={field}
        readOnly
        aria-label={t('trying.source')}
        value={text.trimEnd()}
        rows={text.trimEnd().split('\n').length + 1}
        wrap="off"
        className="block w-full resize-none overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono
          text-2xs leading-relaxed"
      />
      <div className="flex items-center gap-3">
        {button}
        {words}
      </div>
    </div>
  );
}
