'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeyboardEvent, Ref } from 'react';
import { foldText } from '#core/text/search.ts';
import { byName } from '../_text/by-name.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { hotkeyOf, isComposing } from '../_keys/keys.ts';
import { useEvent } from '../_lib/socket.ts';
import { newId } from '../_lib/id.ts';
import { useProject } from '../_shell/project.tsx';
import { Avatar } from '../_ui/avatar.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Textarea } from '../_ui/form/field.tsx';
import { Markdown } from '../_ui/markdown.tsx';

/**
 * The members whose @names stand in a text, as many as a comment may name; the longest name wins where one begins
 * another, and namesakes are all meant.
 */
export function findMentions(text: string, members: readonly { memberId: string; name: string }[]): string[] {
  let rest = text.toLowerCase();
  const found: string[] = [];
  const meant = new Set<string>();
  for (const { memberId, name } of [...members].sort((a, b) => b.name.length - a.name.length)) {
    const mention = `@${name.toLowerCase()}`;
    if (!meant.has(mention) && !rest.includes(mention)) continue;
    meant.add(mention);
    found.push(memberId);
    rest = rest.replaceAll(mention, ' ');
  }
  return found.slice(0, 20);
}

/** What people said about an image, and a box to say more. */
export function Comments({ imageId, boxRef }: { imageId: string; boxRef?: Ref<HTMLTextAreaElement> }) {
  const trpc = useTRPC();
  const { project } = useProject();
  const queryClient = useQueryClient();
  const { t, format, locale } = useText();
  const [text, setText] = useState('');
  const list = useQuery(trpc.comment.list.queryOptions({ projectId: project.id, imageId }));
  const members = useQuery(trpc.project.members.queryOptions({ projectId: project.id }, { staleTime: 300_000 }));
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.comment.list.queryFilter({ projectId: project.id, imageId }));
  useEvent('comment:created', (event) => event.imageId === imageId && refresh());
  const create = useMutation(
    trpc.comment.create.mutationOptions({
      onSuccess: () => {
        setText('');
        refresh();
      },
    }),
  );
  const typed = /@(\p{L}[\p{L}\s]*)?$/u.exec(text);
  const offered =
    typed === null
      ? []
      : byName(members.data ?? [], locale)
          .filter((one) => foldText(one.name, locale).startsWith(foldText(typed[1] ?? '', locale)))
          .slice(0, 5);
  const complete = (name: string) => setText(`${text.slice(0, typed?.index ?? text.length)}@${name} `);
  // Before the members are known nobody would be mentioned.
  const isWaiting = text.trim() === '' || members.isPending;
  const send = () => {
    if (isWaiting) return;
    create.mutate({
      projectId: project.id,
      id: newId(),
      imageId,
      body: text.trim(),
      mentions: findMentions(text, members.data ?? []),
    });
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event.nativeEvent)) return;
    const key = hotkeyOf(event);
    if (key === 'Escape') event.currentTarget.blur();
    const first = offered[0];
    if (key === 'Mod+Enter') send();
    else if (first !== undefined && (key === 'Tab' || key === 'Enter')) {
      event.preventDefault();
      complete(first.name);
    }
  };
  return (
    <section aria-label={t('hand.comments')} className="space-y-3">
      {list.data?.length === 0 && <p className="text-xs text-muted">{t('hand.noComments')}</p>}
      <ul className="space-y-3">
        {list.data?.map((item) => (
          <li key={item.id} className="flex gap-2">
            <Avatar name={item.name} seed={item.memberId} size={20} />
            <div className="min-w-0 flex-1 text-sm">
              <p className="text-xs text-muted">
                <span className="font-medium text-ink">{item.name}</span> · {format.relative(item.createdAt)}
              </p>
              <Markdown text={item.body} />
            </div>
          </li>
        ))}
      </ul>
      <div className="space-y-1.5">
        <Textarea
          ref={boxRef}
          rows={2}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          placeholder={t('hand.commentPlaceholder')}
          aria-label={t('hand.commentHere')}
        />
        {offered.length > 0 && (
          <ul aria-label={t('hand.peopleToMention')} className="flex flex-wrap gap-1">
            {offered.map((one) => (
              <li key={one.memberId}>
                <Button size="sm" onClick={() => complete(one.name)}>
                  @{one.name}
                </Button>
              </li>
            ))}
          </ul>
        )}
        <Button size="sm" busy={create.isPending} disabled={isWaiting} onClick={send} shortcut="Mod+Enter">
          {t('hand.send')}
        </Button>
      </div>
    </section>
  );
}
