'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { WEBHOOK_EVENTS } from '#core/webhook.ts';
import type { WebhookEvent } from '#core/webhook.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { useText } from '../../../_text/text.tsx';
import { readError } from '../../../_lib/error.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { CopyText } from '../../../_ui/copy-text.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { useOrganization } from '../frame.tsx';

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
  const { t } = useText();
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
      title={t(made ? 'organization.copySecret' : 'organization.newWebhook')}
      description={t(made ? 'organization.secretOnce' : 'organization.addressReach')}
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            {t('people.done')}
          </Button>
        ) : (
          <>
            <Button onClick={() => close(false)}>{t('common.cancel')}</Button>
            <Button
              variant="primary"
              busy={create.isPending}
              disabled={url.trim() === '' || events.length === 0}
              onClick={() =>
                create.mutate({ organizationId: membership.organizationId, url: url.trim(), events: [...events] })
              }
            >
              {t('organization.makeWebhook')}
            </Button>
          </>
        )
      }
    >
      {create.data === undefined ? (
        <div className="space-y-4">
          <Field label={t('people.address')} error={create.error === null ? null : readError(create.error).message}>
            <Input
              type="url"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              maxLength={2000}
              placeholder="https://example.org/hooks/pupil"
            />
          </Field>
          <fieldset className="space-y-2">
            <legend className="mb-1.5 text-sm font-medium">{t('organization.when')}</legend>
            {WEBHOOK_EVENTS.map((event) => (
              <Checkbox
                key={event}
                label={t(`organization.event.${event}`)}
                checked={events.includes(event)}
                onChange={(on) => setEvents(on ? [...events, event] : events.filter((one) => one !== event))}
              />
            ))}
          </fieldset>
        </div>
      ) : (
        <CopyText text={create.data.secret} label={t('organization.secret')} />
      )}
    </Dialog>
  );
}
