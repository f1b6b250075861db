'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Dices } from 'lucide-react';
import { useState } from 'react';
import { validationDraw } from '#core/run/next-action.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { readError } from '../_lib/error.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Field, NumberInput } from '../_ui/form/field.tsx';
import { Panel } from '../_ui/panel.tsx';

/** The way out where too few images are held out: a random share of what nobody answered, to be labeled by people. */
export function DrawValidation() {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const readiness = useQuery(
    trpc.run.readiness.queryOptions({ projectId: project.id }, { enabled: may('image:import') }),
  );
  const [count, setCount] = useState<number | null>(null);
  const draw = useMutation(
    trpc.image.drawValidation.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.run.pathFilter()),
          queryClient.invalidateQueries(trpc.insight.pathFilter()),
        ]),
    }),
  );
  if (!readiness.data) return null;
  const { heldOut, unlabeled } = readiness.data;
  const suggested = validationDraw({ unlabeled, images: heldOut });
  const wanted = count ?? suggested;
  const done = draw.data;
  if (suggested === 0 && !done) return null;
  return (
    <div id="validation">
      <Panel
        title={t('hand.draw')}
        description={heldOut === 0 ? t('hand.drawNone') : t('hand.drawFew', { count: heldOut })}
      >
        <div className="flex flex-wrap items-end gap-3">
          <Field label={t('hand.drawCount')} className="w-40">
            <NumberInput value={wanted} min={1} max={2000} step={1} onChange={setCount} />
          </Field>
          <Button
            busy={draw.isPending}
            disabled={wanted < 1}
            icon={<Dices size={15} aria-hidden />}
            onClick={() => draw.mutate({ projectId: project.id, count: wanted })}
          >
            {t('hand.drawNow')}
          </Button>
        </div>
        <p className="mt-2 max-w-2xl text-xs text-pretty text-muted">{t('hand.drawWhy', { count: unlabeled })}</p>
        <p role="status" className="mt-1 text-sm">
          {done && (done.drawn === 0 ? t('hand.drawNothing') : t('hand.drawn', { count: done.drawn }))}
        </p>
        {draw.error && (
          <p role="alert" className="mt-1 text-sm text-bad">
            {readError(draw.error).message}
          </p>
        )}
      </Panel>
    </div>
  );
}
