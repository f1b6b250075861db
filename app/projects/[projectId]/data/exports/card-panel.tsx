'use client';
import { useState } from 'react';
import { isListedLicence, LICENCES } from '#core/export/licences.ts';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input, Textarea } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { useSave } from '../../settings/use-save.ts';

const UNSTATED = 'unstated';
const OTHER = 'other';

const choiceOf = (licence: string): string => (licence === '' ? UNSTATED : isListedLicence(licence) ? licence : OTHER);

/**
 * What the card beside every exported model says of its licence and its use; left empty, the card says that nobody
 * stated it.
 */
export function CardPanel() {
  const { t } = useText();
  const { project, may } = useProject();
  const { save, saving } = useSave();
  const { settings } = project;
  const [choice, setChoice] = useState(choiceOf(settings.licence));
  const [words, setWords] = useState(choiceOf(settings.licence) === OTHER ? settings.licence : '');
  const [intendedUse, setIntendedUse] = useState(settings.intendedUse);
  const licence = choice === UNSTATED ? '' : choice === OTHER ? words.trim() : choice;
  const changed = licence !== settings.licence || intendedUse.trim() !== settings.intendedUse;
  if (!may('project:update')) return null;
  return (
    <Panel title={t('exports.card')} description={t('exports.cardWhy')}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save({ settings: { licence, intendedUse: intendedUse.trim() } });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t('exports.licence')}
            hint={
              choice === UNSTATED
                ? t('exports.licenceUnstated')
                : isListedLicence(choice)
                  ? ['SPDX', choice].join(': ')
                  : undefined
            }
          >
            <Select
              value={choice}
              onChange={setChoice}
              options={[
                { value: UNSTATED, label: t('exports.unstated') },
                ...LICENCES.map(({ id, title }) => ({ value: id as string, label: title })),
                { value: OTHER, label: t('exports.ownWords') },
              ]}
            />
          </Field>
          {choice === OTHER && (
            <Field label={t('exports.licenceOwn')} hint={t('exports.licenceOwnHint')}>
              <Input value={words} onChange={(event) => setWords(event.target.value)} maxLength={500} required />
            </Field>
          )}
        </div>
        <Field
          label={t('exports.use')}
          optional
          hint={intendedUse.trim() === '' ? t('exports.useHintEmpty') : t('exports.useHint')}
        >
          <Textarea
            rows={3}
            maxLength={2000}
            value={intendedUse}
            onChange={(event) => setIntendedUse(event.target.value)}
            placeholder={t('exports.useExample')}
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" busy={saving} disabled={!changed || (choice === OTHER && licence === '')}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
