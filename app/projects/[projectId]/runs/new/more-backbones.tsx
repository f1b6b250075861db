'use client';
import { roundWords } from '../../../../_labeling/round-words.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { DomainEventOf } from '#core/events.ts';
import { PUBLIC_BACKBONES } from '#core/run/backbones.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { formatPercent } from '../../../../_lib/format.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Progress } from '../../../../_ui/progress.tsx';
import { BackboneList } from './backbone-list.tsx';
import { ImportBackbone, LayerField } from './import-backbone.tsx';

export interface MoreBackbonesProps {
  projectId: string;
  onImported: (backboneId: string) => void;
}

/** Where backbones come from: a file, a public one by its address, or a round of an earlier run. */
export function MoreBackbones({ projectId, onImported }: MoreBackbonesProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <EarlierRound projectId={projectId} onImported={onImported} />
      <FromAddress projectId={projectId} onImported={onImported} />
      <ImportBackbone projectId={projectId} onImported={onImported} />
      <BackboneList projectId={projectId} />
    </div>
  );
}

/** What to do when a backbone has arrived: the list has one more, and it is the chosen one. */
function useArrived({ projectId, onImported }: MoreBackbonesProps) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return {
    onSuccess: async ({ backboneId }: { backboneId: string }) => {
      await client.invalidateQueries({ queryKey: trpc.run.backbones.queryKey({ projectId }) });
      onImported(backboneId);
    },
  };
}

/** Transfer from another project: its convolutions know more than fresh ones when the images are alike. */
function EarlierRound(props: MoreBackbonesProps) {
  const { t } = useText();
  const trpc = useTRPC();
  const { projectId } = props;
  const rounds = useQuery(trpc.run.adoptable.queryOptions({ projectId }));
  const adopt = useMutation(trpc.run.adoptRound.mutationOptions(useArrived(props)));
  if (rounds.data?.length === 0) return null;
  return (
    <Field
      label={t('newrun.earlierRun')}
      hint={t('newrun.earlierRunHint')}
      error={adopt.error && readError(adopt.error).message}
    >
      <Select
        value={adopt.variables?.fromRoundId ?? null}
        placeholder={adopt.isPending ? t('newrun.taking') : t('newrun.chooseRound')}
        onChange={(fromRoundId) => adopt.mutate({ projectId, fromRoundId })}
        options={(rounds.data ?? []).map((one) => ({
          value: one.roundId,
          label:
            `${one.projectName}, ${t('shell.run', { number: String(one.runNumber) })}, ` +
            `${roundWords(t, one)} (${one.model})`,
          hint: [
            `${one.inputSize} px`,
            ...(one.valAccuracy === null ? [] : [t('newrun.validationOf', { share: formatPercent(one.valAccuracy) })]),
          ].join(', '),
        }))}
      />
    </Field>
  );
}

const OWN = 'own';

/** The server fetches it: a named public one, or the address of any model.json. */
function FromAddress(props: MoreBackbonesProps) {
  const { t } = useText();
  const trpc = useTRPC();
  const { projectId } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const [url, setUrl] = useState('');
  const [layer, setLayer] = useState('');
  const get = useMutation(trpc.run.fetchBackbone.mutationOptions(useArrived(props)));
  const known = PUBLIC_BACKBONES.find((one) => one.url === chosen);
  const wanted =
    known ??
    (chosen === OWN && URL.canParse(url)
      ? { name: new URL(url).pathname.split('/').at(-2) || 'backbone', url, scale: 'symmetric' as const }
      : null);
  return (
    <div className="space-y-2">
      <Field
        label={t('newrun.fromWeb')}
        hint={t('newrun.fromWebHint')}
        error={get.error && readError(get.error).message}
      >
        <Select
          value={chosen}
          placeholder={t('newrun.choosePublic')}
          onChange={setChosen}
          options={[
            ...PUBLIC_BACKBONES.map((one) => ({ value: one.url, label: one.name, hint: one.what })),
            { value: OWN, label: t('newrun.anotherAddress'), hint: t('newrun.anotherAddressHint') },
          ]}
        />
      </Field>
      {chosen === OWN && (
        <Field label={t('newrun.addressOf')}>
          <Input type="url" value={url} placeholder="https://" onChange={(event) => setUrl(event.target.value)} />
        </Field>
      )}
      {chosen === OWN && <LayerField value={layer} onChange={setLayer} />}
      <Button
        size="sm"
        busy={get.isPending}
        disabled={wanted === null}
        icon={<Download size={14} aria-hidden />}
        onClick={() =>
          wanted &&
          get.mutate({
            projectId,
            name: wanted.name.slice(0, 100),
            url: wanted.url,
            scale: wanted.scale,
            ...(chosen === OWN && layer.trim() !== '' ? { layer: layer.trim() } : {}),
          })
        }
      >
        {t('newrun.fetch')}
      </Button>
      {get.isPending && <Fetching />}
    </div>
  );
}

/** How far the file is that this member fetches. */
function Fetching() {
  const { t } = useText();
  const { me } = useProject();
  const [at, setAt] = useState<DomainEventOf<'backbone:progressed'> | null>(null);
  useEvent('backbone:progressed', (event) => {
    if (event.memberId === me.memberId) setAt(event);
  });
  const MB = 1_000_000;
  const { done = 0, total = null, file = 1, files = 1, bytesPerSecond = null } = at ?? {};
  return (
    <Progress
      label={files > 1 ? t('newrun.fileOf', { file, files }) : t('newrun.fetching')}
      done={Math.round(done / MB)}
      total={total === null ? null : Math.max(1, Math.round(total / MB))}
      noun={t('newrun.mb')}
      rate={bytesPerSecond === null ? null : bytesPerSecond / MB}
      secondsLeft={bytesPerSecond && total !== null ? (total - done) / bytesPerSecond : null}
    />
  );
}
