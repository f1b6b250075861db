'use client';
import { useQuery } from '@tanstack/react-query';
import { NotebookPen, Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { hotkeyOf, isComposing } from '../../../../_keys/keys.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Input, Textarea } from '../../../../_ui/form/field.tsx';
import { Markdown } from '../../../../_ui/markdown.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { useDescribe } from './run-name.tsx';

/** Tags and notes of a run, written in place by leads; for others nothing where there is nothing to read. */
export function RunNotes({ run }: { run: Pick<RunView, 'id' | 'notes' | 'tags'> }) {
  const { t } = useText();
  const { may } = useProject();
  const writes = may('run:control');
  const [draft, setDraft] = useState<{ text: string; from: string } | null>(null);
  const { busy, write } = useDescribe(run);
  if (!writes && run.notes === '' && run.tags.length === 0) return null;
  const save = () => {
    if (draft)
      void write({ notes: { text: draft.text, from: run.notes } }).then(
        () => setDraft(null),
        () => undefined,
      );
  };
  const edit = () => setDraft({ text: run.notes, from: run.notes });
  return (
    <section aria-label={t('runpage.tagsAndNotes')} className="space-y-3">
      <div className="flex flex-wrap items-center gap-1.5">
        {run.tags.map((tag) => (
          <Badge key={tag} tone="accent" className={writes ? 'pr-0.5' : ''}>
            {tag}
            {writes && (
              <button
                type="button"
                aria-label={t('runpage.takeTagOff', { tag })}
                disabled={busy}
                className="rounded-full p-0.5 hover:bg-hover disabled:opacity-50"
                onClick={() => void write({ removeTags: [tag] }).catch(() => undefined)}
              >
                <X size={11} aria-hidden />
              </button>
            )}
          </Badge>
        ))}
        {writes && <AddTag run={run} onAdd={(tag) => write({ addTags: [tag] })} />}
        {writes && run.notes === '' && draft === null && (
          <Button size="sm" variant="ghost" icon={<NotebookPen size={13} />} onClick={edit}>
            {t('runpage.addNotes')}
          </Button>
        )}
      </div>
      {draft !== null && (
        <Panel title={t('runpage.notes')} description={t('runpage.notesWhy')}>
          <div className="space-y-3">
            {run.notes !== draft.from && (
              <Notice tone="warn" title={t('runpage.changed')}>
                <Button size="sm" onClick={edit}>
                  {t('runpage.takeTheirs')}
                </Button>
              </Notice>
            )}
            <Textarea
              aria-label={t('runpage.notes')}
              rows={8}
              maxLength={20_000}
              autoFocus
              value={draft.text}
              onChange={(event) => setDraft({ ...draft, text: event.target.value })}
              onKeyDown={(event) => {
                const key = hotkeyOf(event);
                if (key === 'Escape' && draft.text === draft.from) setDraft(null);
                if (key === 'Mod+Enter') save();
              }}
            />
            <div className="flex justify-end gap-2">
              <Button onClick={() => setDraft(null)}>{t('common.cancel')}</Button>
              <Button variant="primary" busy={busy} onClick={save}>
                {t('common.save')}
              </Button>
            </div>
          </div>
        </Panel>
      )}
      {draft === null && run.notes !== '' && (
        <Panel
          title={t('runpage.notes')}
          actions={
            writes && (
              <Button size="sm" variant="ghost" onClick={edit}>
                {t('runpage.editNotes')}
              </Button>
            )
          }
        >
          <Markdown text={run.notes} className="max-w-prose text-sm" />
        </Panel>
      )}
    </section>
  );
}

/** A small field that offers the tags of other runs. */
function AddTag({ run, onAdd }: { run: Pick<RunView, 'tags'>; onAdd: (tag: string) => Promise<unknown> }) {
  const { t, locale } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const [word, setWord] = useState<string | null>(null);
  const id = useId();
  const runs = useQuery(
    trpc.run.list.queryOptions({ projectId: project.id, archived: true }, { enabled: word !== null }),
  );
  const known = [...new Set(runs.data?.flatMap(({ tags }) => tags))]
    .filter((tag) => !run.tags.includes(tag))
    .sort(new Intl.Collator(locale, { numeric: true }).compare);
  const add = () => {
    if (word === null) return;
    setWord(null);
    if (word.trim() !== '') void onAdd(word).catch(() => setWord(word));
  };
  if (word === null)
    return (
      <Button size="sm" variant="ghost" icon={<Plus size={13} />} onClick={() => setWord('')}>
        {t('runpage.tag')}
      </Button>
    );
  return (
    <>
      <Input
        aria-label={t('runpage.newTag')}
        className="h-7 w-40"
        maxLength={40}
        autoFocus
        list={id}
        value={word}
        onChange={(event) => setWord(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          const key = hotkeyOf(event);
          if (key === 'Enter' && !isComposing(event.nativeEvent)) add();
          if (key === 'Escape') setWord(null);
        }}
      />
      <datalist id={id}>
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </>
  );
}
