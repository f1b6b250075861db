'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { findMentions } from '../../../_labeling/comments.tsx';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { newId } from '../../../_lib/id.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Textarea } from '../../../_ui/form/field.tsx';
import { Markdown } from '../../../_ui/markdown.tsx';
import type { ImageStory } from './image-story.ts';

/**
 * Remarks on an image. `@Name` of a member mentions them; an address that names a comment brings it into view and marks
 * its mention as read.
 */
export function ImageComments({ imageId, comments }: { imageId: string; comments: ImageStory['comments'] }) {
  const { t, format } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [body, setBody] = useState('');
  const members = useQuery(
    trpc.project.members.queryOptions({ projectId: project.id }, { enabled: may('comment:create') }),
  );
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.gallery.image.queryFilter({ projectId: project.id, imageId }));
  useEvent('comment:created', (event) => event.imageId === imageId && refresh());
  const create = useMutation(
    trpc.comment.create.mutationOptions({
      onSuccess: () => {
        setBody('');
        refresh();
      },
    }),
  );
  const named = useSearchParams().get('comment');
  const namedRef = useRef<HTMLLIElement>(null);
  const isNamedHere = comments.some(({ id }) => id === named);
  const { mutate: read } = useMutation(
    trpc.mention.read.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.mention.pathFilter()),
      meta: { quiet: true },
    }),
  );
  useEffect(() => {
    if (!isNamedHere || named === null) return;
    namedRef.current?.scrollIntoView({ block: 'center' });
    namedRef.current?.focus({ preventScroll: true });
    read({ commentId: named });
  }, [isNamedHere, named, read]);
  return (
    <div className="space-y-3">
      {comments.length === 0 && !may('comment:create') && <p className="text-sm text-muted">{t('image.noComments')}</p>}
      <ul className="space-y-3">
        {comments.map((comment) => (
          <li
            key={comment.id}
            ref={comment.id === named ? namedRef : undefined}
            tabIndex={-1}
            aria-current={comment.id === named || undefined}
            className="-mx-2 flex gap-2.5 rounded-md px-2 py-1 aria-[current=true]:bg-hover"
          >
            <Avatar name={comment.name} seed={comment.memberId} size={20} className="mt-0.5" />
            <div className="min-w-0 flex-1">
              <p className="text-xs">
                <span className="font-medium">{comment.name}</span>{' '}
                <span className="text-muted">{format.relative(comment.createdAt)}</span>
              </p>
              <Markdown text={comment.body} />
            </div>
          </li>
        ))}
      </ul>
      {may('comment:create') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate({
              projectId: project.id,
              id: newId(),
              imageId,
              body,
              mentions: findMentions(body, members.data ?? []),
            });
          }}
        >
          <Textarea
            aria-label={t('image.comment')}
            rows={2}
            maxLength={4000}
            value={body}
            onChange={(event) => setBody(event.target.value)}
            placeholder={t('image.remark')}
          />
          <div className="mt-1.5 flex justify-end">
            <Button type="submit" size="sm" busy={create.isPending} disabled={body.trim() === '' || members.isPending}>
              {t('image.commentSend')}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
