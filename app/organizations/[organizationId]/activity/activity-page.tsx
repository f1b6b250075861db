'use client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { useOrganization } from '../frame.tsx';
import { ACTIONS, detailOf, subjectOf, whatOf } from './words.ts';
import { byName } from '../../../_text/by-name.ts';

type Activity = Outputs['people']['activity'][number];
const ALL = 'all';
const PAGE_SIZE = 100;

export function ActivityPage() {
  const { t, locale } = useText();
  const { membership } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [projectId, setProjectId] = useState(ALL);
  const [memberId, setMemberId] = useState(ALL);
  const [action, setAction] = useState(ALL);
  const members = useQuery(trpc.people.members.queryOptions({ organizationId }));
  const projects = useQuery(trpc.project.list.queryOptions({ organizationId }));
  const filter = {
    organizationId,
    ...(projectId === ALL ? {} : { projectId }),
    ...(memberId === ALL ? {} : { memberId }),
    ...(action === ALL ? {} : { action }),
  };
  const activity = useInfiniteQuery({
    queryKey: [...trpc.people.activity.pathKey(), filter, 'pages'],
    queryFn: ({ pageParam }) =>
      client.people.activity.query({ ...filter, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < PAGE_SIZE ? undefined : page.at(-1)?.id),
  });
  const rows = activity.data?.pages.flat() ?? [];
  const projectNames = new Map(projects.data?.map((project) => [project.id, project.name]));
  const option = (value: string, label: string) => ({ value, label });
  return (
    <Page title={t('activity.title')} description={t('activity.description')} width="narrow">
      <div className="mb-4 grid grid-cols-1 gap-2 sm:grid-cols-3">
        <Select
          size="sm"
          label={t('activity.project')}
          value={projectId}
          onChange={setProjectId}
          options={[
            option(ALL, t('common.allProjects')),
            ...byName(projects.data ?? [], locale).map((one) => option(one.id, one.name)),
          ]}
        />
        <Select
          size="sm"
          label={t('activity.person')}
          value={memberId}
          onChange={setMemberId}
          options={[
            option(ALL, t('activity.everyone')),
            ...byName(members.data ?? [], locale).map((one) => option(one.memberId, one.name)),
          ]}
        />
        <Select
          size="sm"
          label={t('activity.whatField')}
          value={action}
          onChange={setAction}
          options={[
            option(ALL, t('activity.everything')),
            ...ACTIONS.map((one) => option(one, t(`activity.what.${one}`))),
          ]}
        />
      </div>
      {activity.isPending && <Loading />}
      {activity.error && <ErrorState error={activity.error} onRetry={() => void activity.refetch()} />}
      {activity.data && rows.length === 0 && (
        <EmptyState icon={<History size={18} />} title={t('activity.none')}>
          {t('activity.noneWhy')}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Panel flush>
          <ol className="divide-y divide-line">
            {rows.map((row) => (
              <ActivityLine
                key={row.id}
                row={row}
                projectName={row.projectId === null ? null : (projectNames.get(row.projectId) ?? null)}
              />
            ))}
          </ol>
        </Panel>
      )}
      {activity.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={activity.isFetchingNextPage} onClick={() => void activity.fetchNextPage()}>
            {t('activity.older')}
          </Button>
        </div>
      )}
    </Page>
  );
}

function ActivityLine({ row, projectName }: { row: Activity; projectName: string | null }) {
  const spoken = useText();
  const { format, locale } = spoken;
  const detail = detailOf(row, spoken);
  const what = <span className="text-muted">{whatOf(row.action, spoken)}</span>;
  const subject = subjectOf(row, spoken);
  return (
    <li className="flex gap-3 px-4 py-2.5 text-sm">
      <Avatar name={row.memberName ?? 'Pupil'} seed={row.memberId ?? 'pupil'} size={22} className="mt-px" />
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-medium">{row.memberName ?? 'Pupil'}</span>{' '}
          {subject === null ? what : <Said of="activity.line" with={{ what, subject: <span>{subject}</span> }} />}
        </p>
        <p className="text-xs text-muted">
          {projectName !== null && row.projectId !== null && (
            <>
              <Link className="hover:text-ink hover:underline" href={projectHref(row.projectId)}>
                {projectName}
              </Link>
              {detail !== '' && ' · '}
            </>
          )}
          {detail}
        </p>
      </div>
      <time
        dateTime={row.createdAt.toISOString()}
        title={row.createdAt.toLocaleString(locale)}
        className="shrink-0 text-xs text-muted"
      >
        {format.relative(row.createdAt)}
      </time>
    </li>
  );
}
