'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { WEBHOOK_EVENTS } from '#core/webhook.ts';
import type { WebhookEvent } from '#core/webhook.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { CopyText } from '../../../_ui/copy-text.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { useOrganization } from '../frame.tsx';
import { EVENT_WORDS } from './words.ts';

/** Asks for an address and events, then shows the signing secret once. */
export function NewWebhook({
  open,
  onOpenChange,
  onMade,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMade: () => void;
}) {
  const { membership } = useOrganization();
  const trpc = useTRPC();
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(WEBHOOK_EVENTS);
  const create = useMutation(trpc.webhook.create.mutationOptions({ onSuccess: onMade, meta: { quiet: true } }));
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    create.reset();
    setUrl('');
  };
  const made = create.data !== undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={made ? 'Copy the signing secret now' : 'New webhook'}
      description={
        made
          ? 'It is not shown again. Check the signature of each call with it.'
          : 'The address must be reachable from this server and not lie inside its network.'
      }
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => close(false)}>Cancel</Button>
            <Button
              variant="primary"
              busy={create.isPending}
              disabled={url.trim() === '' || events.length === 0}
              onClick={() =>
                create.mutate({ organizationId: membership.organizationId, url: url.trim(), events: [...events] })
              }
            >
              Make the webhook
            </Button>
          </>
        )
      }
    >
      {create.data === undefined ? (
        <div className="space-y-4">
          <Field label="Address" error={create.error === null ? null : readError(create.error).message}>
            <Input
              type="url"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              maxLength={2000}
              placeholder="https://example.org/hooks/pupil"
            />
          </Field>
          <fieldset className="space-y-2">
            <legend className="mb-1.5 text-sm font-medium">When</legend>
            {WEBHOOK_EVENTS.map((event) => (
              <Checkbox
                key={event}
                label={EVENT_WORDS[event]}
                checked={events.includes(event)}
                onChange={(on) => setEvents(on ? [...events, event] : events.filter((one) => one !== event))}
              />
            ))}
          </fieldset>
        </div>
      ) : (
        <CopyText text={create.data.secret} label="Signing secret" />
      )}
    </Dialog>
  );
}
