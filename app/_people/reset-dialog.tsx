'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { CopyText } from '../_ui/copy-text.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Button } from '../_ui/form/button.tsx';

/** Makes a link to a new password and shows it once, or has it sent. Mounted while it is open. */
export function ResetDialog({
  organizationId,
  member,
  onClose,
}: {
  organizationId: string;
  member: { memberId: string; name: string; email: string };
  onClose: () => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const ways = useQuery(trpc.people.signInWays.queryOptions());
  const make = useMutation(trpc.people.makeReset.mutationOptions());
  const { memberId } = member;
  const [made, link] = [make.data, make.data?.path ? `${window.location.origin}${make.data.path}` : null];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={
        made === undefined
          ? t('people.newPasswordFor', { name: member.name })
          : t(link === null ? 'people.resetSent' : 'people.giveLink')
      }
      description={
        made === undefined
          ? t('people.resetWhy')
          : link === null
            ? t('people.resetOnWay', { email: member.email })
            : t('people.resetShownNow')
      }
      footer={
        made === undefined ? (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            {ways.data?.mail && (
              <Button busy={make.isPending} onClick={() => make.mutate({ organizationId, memberId, byMail: true })}>
                {t('people.sendByMail')}
              </Button>
            )}
            <Button variant="primary" busy={make.isPending} onClick={() => make.mutate({ organizationId, memberId })}>
              {t('people.makeLink')}
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={onClose}>
            {t('people.done')}
          </Button>
        )
      }
    >
      {link !== null && <CopyText text={link} label={t('people.passwordLink')} />}
    </Dialog>
  );
}
