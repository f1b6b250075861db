'use client';
import { useState } from 'react';
import { isListedLicence, LICENCES } from '#core/export/licences.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input, Textarea } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { useSave } from '../../settings/use-save.ts';

const UNSTATED = 'unstated';
const OTHER = 'other';
const CHOICES = [
  { value: UNSTATED, label: 'Not stated' },
  ...LICENCES.map(({ id, title }) => ({ value: id as string, label: title })),
  { value: OTHER, label: 'Other, in own words' },
];

const choiceOf = (licence: string): string => (licence === '' ? UNSTATED : isListedLicence(licence) ? licence : OTHER);

/**
 * What the card beside every exported model says of its licence and its use; left empty, the card says that nobody
 * stated it.
 */
export function CardPanel() {
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
    <Panel
      title="Model card"
      description="What the card beside every model says to whoever receives it. Exports made from now on carry it."
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save({ settings: { licence, intendedUse: intendedUse.trim() } });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Licence"
            hint={
              choice === UNSTATED
                ? 'The card will say: not stated.'
                : isListedLicence(choice)
                  ? `SPDX: ${choice}`
                  : undefined
            }
          >
            <Select value={choice} onChange={setChoice} options={CHOICES} />
          </Field>
          {choice === OTHER && (
            <Field label="Licence in own words" hint="An SPDX expression, a name, or an address.">
              <Input value={words} onChange={(event) => setWords(event.target.value)} maxLength={500} required />
            </Field>
          )}
        </div>
        <Field
          label="Intended use"
          optional
          hint={
            intendedUse.trim() === ''
              ? 'Whom it is for, and what it must not decide. Empty: the card will say: not stated.'
              : 'Whom it is for, and what it must not decide.'
          }
        >
          <Textarea
            rows={3}
            maxLength={2000}
            value={intendedUse}
            onChange={(event) => setIntendedUse(event.target.value)}
            placeholder="Sorting photos of pets in our archive. Not for decisions about people."
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" busy={saving} disabled={!changed || (choice === OTHER && licence === '')}>
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}
