'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../lib/api.ts';
import { formatRelative } from '../../../lib/format.ts';
import { newId } from '../../../lib/id.ts';
import { useEvent } from '../../../lib/socket.ts';
import { useProject } from '../../../shell/project.tsx';
import { Avatar } from '../../../ui/avatar.tsx';
import { Button } from '../../../ui/button.tsx';
import { Textarea } from '../../../ui/field.tsx';
import { Markdown } from '../../../ui/markdown.tsx';
import type { ImageStory } from './image-detail.tsx';

/** Remarks on an image. `@Name` of a member mentions them. */
export function ImageComments({ imageId, comments }: { imageId: string; comments: ImageStory['comments'] }) {
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [body, setBody] = useState('');
  const members = useQuery(trpc.people.members.queryOptions({ organizationId: project.organizationId }, { enabled: may('comment:create') }));
  const refresh = () => void queryClient.invalidateQueries(trpc.gallery.image.queryFilter({ projectId: project.id, imageId }));
  useEvent('comment:created', (event) => event.imageId === imageId && refresh());
  const create = useMutation(
    trpc.comment.create.mutationOptions({
      onSuccess: () => {
        setBody('');
        refresh();
      },
    }),
  );
  const mentions = (members.data ?? []).filter((one) => body.includes(`@${one.name}`)).map((one) => one.memberId).slice(0, 20);
  return (
    <div className="space-y-3">
      {comments.length === 0 && !may('comment:create') && <p className="text-sm text-muted">No comments.</p>}
      <ul className="space-y-3">
        {comments.map((comment) => (
          <li key={comment.id} className="flex gap-2.5">
            <Avatar name={comment.name} seed={comment.memberId} size={20} className="mt-0.5" />
            <div className="min-w-0 flex-1">
              <p className="text-xs"><span className="font-medium">{comment.name}</span> <span className="text-muted">{formatRelative(comment.createdAt)}</span></p>
              <Markdown text={comment.body} />
            </div>
          </li>
        ))}
      </ul>
      {may('comment:create') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate({ projectId: project.id, id: newId(), imageId, body, mentions });
          }}
        >
          <Textarea aria-label="Comment" rows={2} maxLength={4000} value={body} onChange={(event) => setBody(event.target.value)} placeholder="Remark for colleagues; @Name mentions" />
          <div className="mt-1.5 flex justify-end">
            <Button type="submit" size="sm" busy={create.isPending} disabled={body.trim() === ''}>Comment</Button>
          </div>
        </form>
      )}
    </div>
  );
}
