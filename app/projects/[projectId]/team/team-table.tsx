'use client';
import { EllipsisVertical } from 'lucide-react';
import { byName } from '../../../_text/by-name.ts';
import { useText } from '../../../_text/text.tsx';
import { formatNumber, formatPercent, MISSING } from '../../../_lib/format.ts';
import { cn } from '../../../_lib/cn.ts';
import type { Outputs } from '../../../_lib/api.ts';
import type { Presence } from '#core/events.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { Badge, StatusDot } from '../../../_ui/badge.tsx';
import { IconButton } from '../../../_ui/form/button.tsx';
import { Menu, MenuItem } from '../../../_ui/menu.tsx';
import { thumbnailUrl } from '../../../_labeling/media.ts';

export type TeamMember = Outputs['quality']['team']['members'][number];

const interval = (range: readonly [number, number] | null): string =>
  range === null ? '' : ` [${Math.round(range[0] * 100)}–${Math.round(range[1] * 100)}]`;

/** Everybody who works on the project, live: where they are, how fast, how well they agree. */
export function TeamTable({
  members,
  present,
  onAssign,
  onUnassign,
  onPause,
}: {
  members: readonly TeamMember[];
  present: readonly Presence[];
  onAssign: (member: TeamMember) => void;
  onUnassign: (member: TeamMember) => void;
  onPause: (member: TeamMember, paused: boolean) => void;
}) {
  const { t, format, locale } = useText();
  const { project } = useProject();
  const whereOf = new Map(present.map((one) => [one.memberId, one]));
  const sorted = byName(members, locale).sort(
    (a, b) => Number(whereOf.has(b.memberId)) - Number(whereOf.has(a.memberId)),
  );
  const head = 'px-3 py-2 text-xs font-medium text-muted whitespace-nowrap';
  const left = `${head} text-left`;
  const right = `${head} text-right`;
  const cell = 'px-3 py-2 text-right text-sm tabular whitespace-nowrap';
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('team.figures')}>
      <table className="w-full min-w-[56rem] border-collapse">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className={left}>
              {t('team.who')}
            </th>
            <th scope="col" className={left}>
              {t('team.now')}
            </th>
            <th scope="col" className={right}>
              {t('team.day')}
            </th>
            <th scope="col" className={right}>
              {t('team.all')}
            </th>
            <th scope="col" className={right}>
              {t('label.aMinute')}
            </th>
            <th scope="col" className={right}>
              {t('team.eachTakes')}
            </th>
            <th scope="col" className={right}>
              {t('team.skipped')}
            </th>
            <th scope="col" className={right}>
              {t('team.agreement')}
            </th>
            <th scope="col" className={right}>
              {t('team.goldItems')}
            </th>
            <th scope="col" className={right}>
              {t('team.assigned')}
            </th>
            <th scope="col" className={cn(right, 'sticky right-0 bg-panel')}>
              <span className="sr-only">{t('team.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => {
            const where = whereOf.get(row.memberId);
            return (
              <tr key={row.memberId} className="border-b border-line last:border-0">
                <th scope="row" className="px-3 py-2 text-left text-sm font-medium">
                  <span className="flex items-center gap-2">
                    <Avatar name={row.name} seed={row.userId} size={22} /> <span className="truncate">{row.name}</span>
                    {row.role !== 'annotator' && <Badge>{t(`people.roleIn.${row.role}`)}</Badge>}
                  </span>
                </th>
                <td className="px-3 py-2">
                  <span className="flex h-8 items-center gap-2">
                    {row.pausedReason !== null ? (
                      <StatusDot tone="warn">{t('team.paused')}</StatusDot>
                    ) : where === undefined ? (
                      <StatusDot tone="outline">{t('team.away')}</StatusDot>
                    ) : (
                      <StatusDot tone="good">{t(`team.doing.${where.page}`)}</StatusDot>
                    )}
                    {where?.imageId && (
                      <img
                        src={thumbnailUrl(project.id, where.imageId)}
                        alt={t('team.lookAt')}
                        className="size-8 rounded-sm bg-sunken object-cover"
                      />
                    )}
                  </span>
                </td>
                <td className={cell}>{formatNumber(row.decidedToday)}</td>
                <td className={cell}>{formatNumber(row.decided)}</td>
                <td className={cell}>{row.recent === 0 ? MISSING : (row.recent / 15).toFixed(1)}</td>
                <td className={cell}>{row.medianMs === null ? MISSING : format.duration(row.medianMs / 1000)}</td>
                <td className={cell}>{formatNumber(row.skipped)}</td>
                <td className={cell}>
                  {row.compared === 0 ? (
                    MISSING
                  ) : (
                    <>
                      {formatPercent(row.agreed / row.compared, 0)}
                      <span className="text-xs text-muted">{interval(row.agreementInterval)}</span>
                    </>
                  )}
                </td>
                <td className={cell}>
                  {row.goldAnswers === 0 ? (
                    MISSING
                  ) : (
                    <>
                      {t('team.goldOf', { right: row.goldRight, answers: row.goldAnswers })}
                      <span className="text-xs text-muted">{interval(row.goldInterval)}</span>
                    </>
                  )}
                </td>
                <td className={cell}>{row.assignedOpen === 0 ? MISSING : formatNumber(row.assignedOpen)}</td>
                <td className="sticky right-0 bg-panel px-1 py-1 text-right">
                  <Menu
                    trigger={
                      <IconButton label={t('team.actionsFor', { name: row.name })} size="sm">
                        <EllipsisVertical size={15} aria-hidden />
                      </IconButton>
                    }
                  >
                    <MenuItem onSelect={() => onAssign(row)}>{t('team.assignMore')}</MenuItem>
                    <MenuItem disabled={row.assignedOpen === 0} onSelect={() => onUnassign(row)}>
                      {t('team.giveBack')}
                    </MenuItem>
                    <MenuItem onSelect={() => onPause(row, row.pausedReason === null)}>
                      {t(row.pausedReason === null ? 'team.pauseHere' : 'team.letGoOn')}
                    </MenuItem>
                  </Menu>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
