'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { useSave } from './use-save.ts';

export function DangerPanel() {
  const { t } = useText();
  const { project, may } = useProject();
  const { saveAsync, save } = useSave();
  const trpc = useTRPC();
  const [archiving, setArchiving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation(trpc.project.delete.mutationOptions());
  const archived = project.status === 'archived';
  return (
    <Panel title={t('settings.section.end')}>
      <div className="divide-y divide-line">
        {!archived && (
          <Row
            title={project.status === 'paused' ? t('settings.isPaused') : t('settings.pauseLabeling')}
            text={t('settings.pauseWhy')}
          >
            <Button onClick={() => save({ status: project.status === 'paused' ? 'active' : 'paused' })}>
              {project.status === 'paused' ? t('settings.resume') : t('settings.pause')}
            </Button>
          </Row>
        )}
        <Row
          title={archived ? t('settings.bringItBack') : t('settings.archive')}
          text={archived ? t('settings.archivedWhy') : t('settings.archiveWhy')}
        >
          {archived ? (
            <Button onClick={() => save({ status: 'active' })}>{t('settings.bringBack')}</Button>
          ) : (
            <Button onClick={() => setArchiving(true)}>{t('settings.archive')}</Button>
          )}
        </Row>
        {may('project:delete') && (
          <Row title={t('settings.deleteWord')} text={t('settings.deleteWhy')}>
            <Button variant="danger-quiet" onClick={() => setDeleting(true)}>
              {t('settings.deleteMore')}
            </Button>
          </Row>
        )}
      </div>
      <Confirm
        open={archiving}
        onOpenChange={setArchiving}
        title={t('settings.archiveAsk', { project: project.name })}
        action={t('settings.archive')}
        onConfirm={() => saveAsync({ status: 'archived' })}
      >
        {t('settings.archiveAskWhy')}
      </Confirm>
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        danger
        title={t('settings.deleteAsk', { project: project.name })}
        action={t('settings.deleteForGood')}
        onConfirm={async () => {
          await remove.mutateAsync({ projectId: project.id, confirmName: typed });
          window.location.assign('/');
        }}
      >
        <p className="mb-3">{t('settings.deleteAskWhy')}</p>
        <Field label={t('settings.typeName', { project: project.name })}>
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
        </Field>
      </Confirm>
    </Panel>
  );
}

const Row = ({ title, text, children }: { title: string; text: string; children: ReactNode }) => (
  <div className="flex flex-wrap items-center justify-between gap-3 py-3">
    <div>
      <h3 className="text-sm font-medium">{title}</h3>
      <p className="text-xs text-muted">{text}</p>
    </div>
    {children}
  </div>
);
