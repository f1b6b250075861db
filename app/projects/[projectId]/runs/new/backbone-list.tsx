'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { Confirm } from '../../../../_ui/dialog.tsx';
import { Button } from '../../../../_ui/form/button.tsx';

/** The organization's backbones: what each is, whose it is, and a way to remove it. */
export function BackboneList({ projectId }: { projectId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<{ id: string; name: string } | null>(null);
  const { data = [] } = useQuery(trpc.run.backbones.queryOptions({ projectId }));
  const remove = useMutation(
    trpc.run.removeBackbone.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: trpc.run.backbones.queryKey({ projectId }) }),
    }),
  );
  if (data.length === 0) return null;
  return (
    <section aria-label={t('newrun.backbones')} className="space-y-2 sm:col-span-2">
      <ul className="divide-y divide-line text-sm">
        {data.map(({ id, name, kind, inputSize, width, licence, origin, sourceUrl }) => (
          <li key={id} className="flex items-start justify-between gap-3 py-2">
            <div className="min-w-0">
              <p className="truncate">{name}</p>
              <p className="text-xs break-words text-muted">
                {[
                  `${inputSize} px`,
                  width === null ? null : t('newrun.features', { count: width }),
                  licence ?? t('newrun.noLicence'),
                  origin ?? sourceUrl,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            </div>
            {kind !== 'built-in' && (
              <Button
                size="sm"
                aria-label={t('newrun.removeOf', { name })}
                icon={<Trash2 size={14} aria-hidden />}
                onClick={() => setChosen({ id, name })}
              >
                {t('newrun.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {remove.error && (
        <p role="alert" className="text-sm text-bad">
          {readError(remove.error).message}
        </p>
      )}
      <Confirm
        open={chosen !== null}
        onOpenChange={(open) => !open && setChosen(null)}
        title={t('newrun.removeAsk', { name: chosen?.name ?? '' })}
        action={t('newrun.remove')}
        danger
        onConfirm={async () => {
          // What is refused is said below the list.
          if (chosen) await remove.mutateAsync({ projectId, backboneId: chosen.id }).catch(() => undefined);
        }}
      >
        {t('newrun.removeWhy')}
      </Confirm>
    </section>
  );
}
