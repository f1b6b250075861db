'use client';
import { useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Field, Input, Textarea } from '../../../_ui/form/field.tsx';
import { Markdown } from '../../../_ui/markdown.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Segmented } from '../../../_ui/form/toggles.tsx';
import { MissingNote, ReaderSwitch, useReaders } from './readers.tsx';
import { useSave } from './use-save.ts';

export function GeneralPanel() {
  const { t } = useText();
  const { project } = useProject();
  const { save, saving } = useSave();
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const guidelines = useReaders(project.guidelines, project.guidelinesIn);
  const [view, setView] = useState<'write' | 'read'>('write');
  const changed = name.trim() !== project.name || description !== project.description || guidelines.isChanged;
  const shown = guidelines.text.trim() === '' ? guidelines.plain : guidelines.text;
  return (
    <Panel title={t('settings.section.general')}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save({ name, description, guidelines: guidelines.plain, guidelinesIn: guidelines.changed });
        }}
      >
        <Field label={t('account.name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} required maxLength={120} />
        </Field>
        <Field label={t('home.whatFor')} optional>
          <Input value={description} onChange={(event) => setDescription(event.target.value)} maxLength={2000} />
        </Field>
        <div>
          <div className="mb-1.5 flex flex-wrap items-center gap-2">
            <span className="flex-1 text-sm font-medium" id="guidelines-label">
              {t('settings.guidelines')}
            </span>
            <ReaderSwitch readers={guidelines} />
            <Segmented
              label={t('settings.guidelines')}
              value={view}
              onChange={setView}
              options={[
                { value: 'write', label: t('settings.write') },
                { value: 'read', label: t('settings.preview') },
              ]}
            />
          </div>
          {view === 'write' ? (
            <Textarea
              aria-labelledby="guidelines-label"
              rows={8}
              maxLength={50_000}
              value={guidelines.text}
              onChange={(event) => guidelines.write(event.target.value)}
              placeholder={guidelines.plain === '' ? t('settings.guidelinesExample') : guidelines.plain}
            />
          ) : (
            <div className="min-h-40 rounded-md border border-line p-3">
              {shown.trim() === '' ? (
                <p className="text-sm text-muted">{t('settings.nothingWritten')}</p>
              ) : (
                <Markdown text={shown} />
              )}
            </div>
          )}
          <p className="mt-1.5 text-xs text-muted">{t('settings.markdown')}</p>
          <MissingNote readers={guidelines} />
        </div>
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={saving} disabled={!changed || name.trim() === ''}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
