'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
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
  const trpc = useTRPC();
  const ways = useQuery(trpc.people.signInWays.queryOptions());
  const make = useMutation(trpc.people.makeReset.mutationOptions());
  const { memberId } = member;
  const [made, link] = [make.data, make.data?.path ? `${window.location.origin}${make.data.path}` : null];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made === undefined ? `A new password for ${member.name}` : link === null ? 'Sent' : 'Give this link over'}
      description={
        made === undefined
          ? 'A link lets them choose it themselves. Until they do, the old password goes on working.'
          : link === null
            ? `The link is on its way to ${member.email}. It works once, for a day.`
            : `It works once, for a day, and is shown only now. Whoever opens it sets the password.`
      }
      footer={
        made === undefined ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            {ways.data?.mail && (
              <Button busy={make.isPending} onClick={() => make.mutate({ organizationId, memberId, byMail: true })}>
                Send it by mail
              </Button>
            )}
            <Button variant="primary" busy={make.isPending} onClick={() => make.mutate({ organizationId, memberId })}>
              Make the link
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {link !== null && <CopyText text={link} label="Password link" />}
    </Dialog>
  );
}
