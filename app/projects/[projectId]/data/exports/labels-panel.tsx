'use client';
import { Download } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useText } from '../../../../_text/text.tsx';
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
  const { t, locale } = useText();
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
  return (
    <Panel title={t('data.labels')} description={t('exports.labelsWhy')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={t('exports.format')}
          hint={[t(`exports.about.${format}`), lacksOf(t, locale, format)].filter(Boolean).join(' ')}
        >
          <Select value={format} onChange={setFormat} options={LABEL_CHOICES} />
        </Field>
        {snapshots.data !== undefined && snapshots.data.length > 0 && (
          <Field label={t('data.labels')} hint={t('exports.snapshotHint')}>
            <Select
              value={which}
              onChange={setChosen}
              options={[
                { value: NOW, label: t('exports.asNow') },
                ...snapshots.data.map(({ id, name }) => ({ value: id, label: t('exports.snapshotOf', { name }) })),
              ]}
            />
          </Field>
        )}
        <Field label={t('exports.withoutHuman')} hint={t('exports.modelMarked')}>
          <Select
            value={which === NOW ? round : HUMAN}
            disabled={which !== NOW}
            onChange={setRound}
            options={[
              { value: HUMAN, label: t('exports.leaveOut') },
              { value: KEEP, label: t('exports.keepUnlabeled') },
              ...rounds.map((one) => ({ value: one.value, label: t('exports.answerOf', { round: one.label }) })),
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
            label={t('exports.eachAnswer')}
            hint={t('exports.eachAnswerHint')}
          />
          {hasImages && (
            <Checkbox
              checked={originals}
              onChange={setOriginals}
              label={t('exports.asUploaded')}
              hint={project.settings.keepOriginals ? t('exports.byteForByte') : t('exports.keepsNone')}
            />
          )}
          {format === 'csv' && (
            <Checkbox checked={bom} onChange={setBom} label={t('exports.forExcel')} hint={t('exports.forExcelHint')} />
          )}
        </div>
        {may('export:create') && (
          <Button asChild variant="primary">
            <a href={`/api/projects/${project.id}/exports/labels?${query}`} download>
              <Download size={14} aria-hidden /> {t('exports.download')}
            </a>
          </Button>
        )}
      </div>
    </Panel>
  );
}
