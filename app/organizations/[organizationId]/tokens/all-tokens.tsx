'use client';
import { useText } from '../../../_text/text.tsx';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../../../_lib/api.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';

/** What owners see: the tokens of the others, which they may end. */
export function AllTokens() {
  const { t, format } = useText();
  const { membership } = useOrganization();
  const { organizationId, memberId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useQuery(trpc.people.allTokens.queryOptions({ organizationId }));
  const revoke = useMutation(
    trpc.people.revokeAnyToken.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.people.allTokens.queryFilter()),
    }),
  );
  const others = (tokens.data ?? []).filter((token) => token.memberId !== memberId);
  if (others.length === 0) return null;
  return (
    <div className="mt-5">
      <Panel title={t('organization.ofOthers')} description={t('organization.ofOthersWhy')} flush>
        <Table label={t('organization.tokensOfOthers')}>
          <thead>
            <tr>
              <Th>{t('organization.whose')}</Th>
              <Th>{t('organization.name')}</Th>
              <Th>{t('organization.lastUsed')}</Th>
              <Th>
                <span className="sr-only">{t('organization.end')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {others.map((token) => (
              <Tr key={token.id}>
                <Td className="font-medium">
                  {token.memberName} <span className="text-xs text-muted">{t(`people.role.${token.role}`)}</span>
                </Td>
                <Td>{token.name}</Td>
                <Td className="text-muted">
                  {token.lastUsedAt === null ? t('organization.never') : format.relative(token.lastUsedAt)}
                </Td>
                <Td numeric>
                  <Button
                    size="sm"
                    variant="danger-quiet"
                    disabled={revoke.isPending}
                    onClick={() => revoke.mutate({ organizationId, id: token.id })}
                  >
                    {t('organization.revoke')}
                  </Button>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Panel>
    </div>
  );
}
