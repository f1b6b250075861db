'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { useSave } from './use-save.ts';

export function DangerPanel() {
  const { project, may } = useProject();
  const { saveAsync, save } = useSave();
  const trpc = useTRPC();
  const [archiving, setArchiving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation(trpc.project.delete.mutationOptions());
  const archived = project.status === 'archived';
  return (
    <Panel title="Pause, archive, delete">
      <div className="divide-y divide-line">
        {!archived && (
          <Row
            title={project.status === 'paused' ? 'Labeling is paused' : 'Pause labeling'}
            text="Nobody is given new images; what people hold in hand is still taken."
          >
            <Button onClick={() => save({ status: project.status === 'paused' ? 'active' : 'paused' })}>
              {project.status === 'paused' ? 'Resume' : 'Pause'}
            </Button>
          </Row>
        )}
        <Row
          title={archived ? 'Bring it back' : 'Archive'}
          text={
            archived ? 'It appears in the list again.' : 'It leaves the list and nobody labels it; nothing is lost.'
          }
        >
          {archived ? (
            <Button onClick={() => save({ status: 'active' })}>Bring back</Button>
          ) : (
            <Button onClick={() => setArchiving(true)}>Archive</Button>
          )}
        </Row>
        {may('project:delete') && (
          <Row title="Delete" text="Images, labels, runs and models are gone for good.">
            <Button variant="danger-quiet" onClick={() => setDeleting(true)}>
              Delete…
            </Button>
          </Row>
        )}
      </div>
      <Confirm
        open={archiving}
        onOpenChange={setArchiving}
        title={`Archive ${project.name}?`}
        action="Archive"
        onConfirm={() => saveAsync({ status: 'archived' })}
      >
        It can be brought back from here at any time, by its address.
      </Confirm>
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        danger
        title={`Delete ${project.name}?`}
        action="Delete for good"
        onConfirm={async () => {
          await remove.mutateAsync({ projectId: project.id, confirmName: typed });
          window.location.assign('/');
        }}
      >
        <p className="mb-3">Its images, labels, runs and models cannot be brought back. Export what you need first.</p>
        <Field label={`Type ${project.name}`}>
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
        </Field>
      </Confirm>
    </Panel>
  );
}

const Row = ({ title, text, children }: { title: string; text: string; children: ReactNode }) => (
  <div className="flex flex-wrap items-center justify-between gap-3 py-3">
    <div>
      <h3 className="text-sm font-medium">{title}</h3>
      <p className="text-xs text-muted">{text}</p>
    </div>
    {children}
  </div>
);
