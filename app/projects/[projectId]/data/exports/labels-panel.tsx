'use client';
import { Download } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useTRPC } from '../../../../_lib/api.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { useRoundChoices } from '../use-rounds.ts';
import { LABEL_FORMATS } from '#core/export/export.ts';
import { LABEL_CHOICES, lacksOf } from './choices.ts';
import type { LabelChoice } from './choices.ts';

const HUMAN = 'human';
const KEEP = 'keep';
const NOW = 'now';

/** Labels as a file, streamed while it is made. */
export function LabelsPanel() {
  const { project, may } = useProject();
  const rounds = useRoundChoices();
  const [format, setFormat] = useState<LabelChoice>('csv');
  const [annotators, setAnnotators] = useState(false);
  const [bom, setBom] = useState(false);
  const [originals, setOriginals] = useState(false);
  const hasImages = LABEL_FORMATS[format].imagePath !== null;
  const [round, setRound] = useState(HUMAN);
  const trpc = useTRPC();
  const snapshots = useQuery(trpc.export.listSnapshots.queryOptions({ projectId: project.id }));
  const asked = useSearchParams().get('snapshot');
  const [chosen, setChosen] = useState<string | null>(null);
  const which = chosen ?? snapshots.data?.find(({ id }) => id === asked)?.id ?? NOW;
  const query = new URLSearchParams({
    format,
    annotators: annotators && which === NOW ? '1' : '0',
    ...(format === 'csv' && bom ? { bom: '1' } : {}),
    ...(hasImages && originals ? { originals: '1' } : {}),
    ...(which === NOW ? {} : { snapshotId: which }),
    ...(which !== NOW || round === HUMAN ? {} : round === KEEP ? { unlabeled: '1' } : { roundId: round }),
  });
  const about = LABEL_CHOICES.find((choice) => choice.value === format)?.about;
  return (
    <Panel
      title="Labels"
      description={
        'Every label with where it comes from: which person, or which round with its probabilities. A ' +
        "person's answer always goes first. Splits and tags go along; imported into an empty project, all is back."
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Format" hint={[about, lacksOf(format)].filter(Boolean).join(' ')}>
          <Select value={format} onChange={setFormat} options={LABEL_CHOICES} />
        </Field>
        {snapshots.data !== undefined && snapshots.data.length > 0 && (
          <Field label="Labels" hint="A snapshot holds labels and splits as they were settled then.">
            <Select
              value={which}
              onChange={setChosen}
              options={[
                { value: NOW, label: 'As they stand now' },
                ...snapshots.data.map(({ id, name }) => ({ value: id, label: `Snapshot ${name}` })),
              ]}
            />
          </Field>
        )}
        <Field label="Images without a human answer" hint="A model's answers are marked as such in the file.">
          <Select
            value={which === NOW ? round : HUMAN}
            disabled={which !== NOW}
            onChange={setRound}
            options={[
              { value: HUMAN, label: 'Leave out' },
              { value: KEEP, label: 'Keep, without a label' },
              ...rounds.map((one) => ({ value: one.value, label: `Answer of ${one.label}` })),
            ]}
          />
        </Field>
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <div className="space-y-2">
          <Checkbox
            checked={annotators && which === NOW}
            disabled={which !== NOW}
            onChange={setAnnotators}
            label="Each person's own answer too"
            hint="By e-mail address. Imported where these people are members, the answers are theirs again."
          />
          {hasImages && (
            <Checkbox
              checked={originals}
              onChange={setOriginals}
              label="Images as they were uploaded"
              hint={
                project.settings.keepOriginals
                  ? 'Byte for byte, where the file was kept; the others as Pupil holds them (WebP).'
                  : 'This project keeps no uploaded files now (Data, Import); those kept before leave as they came.'
              }
            />
          )}
          {format === 'csv' && (
            <Checkbox
              checked={bom}
              onChange={setBom}
              label="For Excel"
              hint="With a byte order mark, by which it knows letters of every language."
            />
          )}
        </div>
        {may('export:create') && (
          <Button asChild variant="primary">
            <a href={`/api/projects/${project.id}/exports/labels?${query}`} download>
              <Download size={14} aria-hidden /> Download labels
            </a>
          </Button>
        )}
      </div>
    </Panel>
  );
}
