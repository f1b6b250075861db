'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { hotkeyOf, isComposing } from '../../../../_keys/keys.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Input } from '../../../../_ui/form/field.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { runWords } from '../../../../_runs/words.tsx';

/** Writes what leads say of a run; the page shows it when the server has it. */
export function useDescribe(run: Pick<RunView, 'id'>) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project } = useProject();
  const describe = useMutation(
    trpc.run.describe.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.run.pathFilter()),
    }),
  );
  return {
    busy: describe.isPending,
    write: (words: {
      name?: string;
      notes?: { text: string; from: string };
      addTags?: string[];
      removeTags?: string[];
    }) => describe.mutateAsync({ projectId: project.id, runId: run.id, ...words }),
  };
}

/** The run's title; a lead writes its name where it stands. Enter and leaving keep it, Escape does not. */
export function RunName({ run }: { run: Pick<RunView, 'id' | 'number' | 'name'> }) {
  const { t } = useText();
  const { may } = useProject();
  const { busy, write } = useDescribe(run);
  const [draft, setDraft] = useState<{ text: string; from: string } | null>(null);
  const keep = () => {
    if (draft === null) return;
    setDraft(null);
    // Left as it was: a name that a colleague gave meanwhile stays.
    if (draft.text.trim() !== draft.from) void write({ name: draft.text }).catch(() => setDraft(draft));
  };
  if (draft !== null)
    return (
      <span className="flex min-w-0 items-center gap-2">
        <span className="shrink-0">{t('runpage.prefix', { number: String(run.number) })}</span>
        <Input
          aria-label={t('runpage.name')}
          className="w-72 max-w-full"
          maxLength={80}
          autoFocus
          value={draft.text}
          placeholder={t('runpage.nameHint')}
          onChange={(event) => setDraft({ ...draft, text: event.target.value })}
          onBlur={keep}
          onKeyDown={(event) => {
            const key = hotkeyOf(event);
            if (key === 'Enter' && !isComposing(event.nativeEvent)) keep();
            if (key === 'Escape') setDraft(null);
          }}
        />
      </span>
    );
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1">
      <span className="min-w-0 break-words">{runWords(t, run)}</span>
      {may('run:control') &&
        (run.name === '' ? (
          <Button
            size="sm"
            variant="ghost"
            busy={busy}
            icon={<Pencil size={13} />}
            onClick={() => setDraft({ text: '', from: '' })}
          >
            {t('runpage.nameIt')}
          </Button>
        ) : (
          <IconButton
            label={t('runpage.rename')}
            size="sm"
            onClick={() => setDraft({ text: run.name, from: run.name })}
          >
            <Pencil size={14} aria-hidden />
          </IconButton>
        ))}
    </span>
  );
}
