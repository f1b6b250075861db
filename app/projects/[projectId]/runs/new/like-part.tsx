'use client';
import { runWords } from '../../../../_runs/words.tsx';
import { Dices, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { differingSettings, takeBack } from '#core/book/settings.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { Said, useText } from '../../../../_text/text.tsx';
import type { Outputs } from '../../../../_lib/api.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';

/** What the new run changes of the one that it is made like, each with a way back. */
export function LikePart({
  like,
  base,
  config,
  onConfig,
}: {
  like: Outputs['run']['get'];
  /** The settings that the form opened with. */
  base: RunConfig;
  config: RunConfig;
  onConfig: (config: RunConfig) => void;
}) {
  const { t } = useText();
  const { project, classById } = useProject();
  const backbones = useBackboneNames(project.id);
  const classes = new Map([...classById].map(([id, { name }]) => [id, name]));
  const rows = differingSettings([base, config], { backbones, classes });
  const draw = (
    <Button
      size="sm"
      icon={<Dices size={14} aria-hidden />}
      onClick={() => onConfig({ ...config, seed: 1 + Math.floor(Math.random() * 9999) })}
    >
      {t('newrun.drawSeed')}
    </Button>
  );
  return (
    <Panel
      title={
        <>
          <Said
            of="newrun.changedFrom"
            with={{
              link: (
                <Link
                  href={projectHref(project.id, `runs/${like.id}`)}
                  className="text-accent-text underline underline-offset-2"
                >
                  {runWords(t, like)}
                </Link>
              ),
            }}
          />
        </>
      }
      actions={draw}
      flush={rows.length > 0}
    >
      {rows.length === 0 ? (
        <p className="text-sm text-muted" role="status">
          {t('newrun.changedNothing')}
        </p>
      ) : (
        <Table label={t('newrun.changedSettings')}>
          <thead>
            <tr>
              <Th>{t('newrun.setting')}</Th>
              <Th>{t('shell.run', { number: String(like.number) })}</Th>
              <Th>{t('newrun.newRun')}</Th>
              <Th>
                <span className="sr-only">{t('newrun.takeBack')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, values: [before, after] }) => (
              <Tr key={key}>
                <Td className="font-medium">{name}</Td>
                <Td className="text-muted">{before?.value ?? '–'}</Td>
                <Td>
                  <mark className="rounded-sm bg-accent-soft px-1 text-accent-text">{after?.value ?? '–'}</mark>
                </Td>
                <Td numeric>
                  <IconButton
                    size="sm"
                    label={t('newrun.takeBackOf', { name })}
                    onClick={() => onConfig(takeBack(config, base, key))}
                  >
                    <Undo2 size={14} aria-hidden />
                  </IconButton>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
