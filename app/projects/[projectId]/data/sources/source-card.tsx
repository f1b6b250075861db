'use client';
import type { Format } from '#core/text/format.ts';
import type { Translate } from '#core/text/text.ts';
import { Cloud, Folder, ListTree, RefreshCw, Settings2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { describePlace } from '#core/source/source.ts';
import { useText } from '../../../../_text/text.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import { Confirm } from '../../../../_ui/dialog.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../../_ui/menu.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Progress } from '../../../../_ui/progress.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import { ObjectList } from './object-list.tsx';
import { SourceSettingsDialog } from './source-settings.tsx';
import { TakePanel } from './take-panel.tsx';
import { useSource } from './use-source.ts';
import { VanishedNotice } from './vanished-notice.tsx';
import { waitingWords } from './words.ts';
import type { Source } from './words.ts';
import { readStored, readSaid } from '../../../../_lib/error.ts';

interface SourceState {
  source: Source;
  rests: boolean;
}

const ICONS = { bucket: Cloud, folder: Folder, list: ListTree } as const;

/**
 * A source: what it is at, what waits to be taken, what has gone, and what went wrong.
 * @param props.rests nobody looks at sources of this project now
 */
export function SourceCard({ source, rests }: SourceState) {
  const { t, format } = useText();
  const calls = useSource(source);
  const [open, setOpen] = useState<'settings' | 'removal' | 'proposal' | null>(null);
  const { counts, work, place } = source;
  const waiting = counts.new + counts.changed;
  const isIdle = work === 'idle';
  const isWaiting = source.waitUntil !== null;
  const Icon = ICONS[place.kind];
  // How names are read is shown before the first images; from then on they are read the same way.
  const isFirst = counts.taken + counts.vanished === 0 && place.kind !== 'list';
  const take = () => (isFirst ? setOpen('proposal') : calls.take());
  return (
    <section aria-label={source.name} className="space-y-3">
      <Panel
        title={
          <span className="flex min-w-0 items-center gap-2">
            <Icon size={14} aria-hidden className="shrink-0 text-faint" />
            <span className="min-w-0 truncate">{source.name}</span>
            <StateBadge source={source} rests={rests} />
          </span>
        }
        description={
          <>
            <span className="font-mono break-all">{describePlace(place)}</span>
            <span className="block">{whenWords(t, format, source)}</span>
          </>
        }
        actions={
          <>
            <Button
              size="sm"
              icon={<RefreshCw size={13} aria-hidden />}
              busy={calls.isAsking || (work === 'listing' && !isWaiting && !rests)}
              disabled={rests || !(isIdle || isWaiting)}
              onClick={calls.sync}
            >
              {t(isWaiting ? 'sources.tryNow' : 'sources.syncNow')}
            </Button>
            <Menu
              trigger={
                <IconButton label={t('sources.moreFor', { name: source.name })} size="sm">
                  <Settings2 size={14} aria-hidden />
                </IconButton>
              }
            >
              <MenuItem icon={<Settings2 size={14} />} onSelect={() => setOpen('settings')}>
                {t('sources.settingsMore')}
              </MenuItem>
              <MenuSeparator />
              <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => setOpen('removal')}>
                {t('sources.removeMore')}
              </MenuItem>
            </Menu>
          </>
        }
      >
        <div className="space-y-3">
          {!rests && !isWaiting && <Work source={source} />}
          {source.error !== null && <Trouble source={source} />}
          {source.problemCount > 0 && <Problems source={source} />}
          {isIdle && !rests && waiting > 0 && (
            <Notice
              tone="good"
              title={waitingWords(t, source)}
              action={
                <Button size="sm" variant="primary" busy={calls.isTaking} onClick={take}>
                  {isFirst ? t('sources.lookAtThem') : t('sources.take', { count: waiting })}
                </Button>
              }
            />
          )}
          {isIdle && counts.vanished + counts.replaced > 0 && <VanishedNotice source={source} />}
          {isIdle && waiting + counts.vanished + counts.replaced + counts.failed === 0 && source.syncedAt !== null && (
            <p className="text-sm text-muted">
              {counts.other > 0
                ? t('sources.nothingNewOther', { count: counts.taken, other: counts.other })
                : t('sources.nothingNew', { count: counts.taken })}
            </p>
          )}
          <div className="space-y-2">
            <ObjectList sourceId={source.id} state="new" count={counts.new} title={t('sources.new')} />
            <ObjectList sourceId={source.id} state="changed" count={counts.changed} title={t('sources.changed')} />
            <ObjectList sourceId={source.id} state="vanished" count={counts.vanished} title={t('sources.gone')} />
            <ObjectList sourceId={source.id} state="failed" count={counts.failed} title={t('sources.failed')} />
          </div>
          {isIdle && counts.failed > 0 && (
            <Button size="sm" busy={calls.isRetrying} onClick={calls.retry}>
              {t('sources.tryFiles', { failed: counts.failed })}
            </Button>
          )}
        </div>
      </Panel>
      {open === 'proposal' && isIdle && waiting > 0 && (
        <TakePanel
          source={source}
          busy={calls.isTaking}
          onTake={(choice) => {
            setOpen(null);
            calls.take(choice);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'settings' && <SourceSettingsDialog source={source} onClose={() => setOpen(null)} />}
      <Confirm
        open={open === 'removal'}
        onOpenChange={(next) => setOpen(next ? 'removal' : null)}
        title={t('sources.removeAsk', { name: source.name })}
        action={t('sources.remove')}
        danger
        onConfirm={calls.remove}
      >
        {t('sources.removeWhy', { count: counts.taken + counts.vanished })}
      </Confirm>
    </section>
  );
}

/** What stopped a sync, or what it waits for and until when. */
function Trouble({ source: { error, errorSaid, waitUntil } }: { source: Source }) {
  const { t, format } = useText();
  const words = readStored(errorSaid, error ?? '');
  return waitUntil === null ? (
    <Notice tone="bad" title={t('sources.lastStopped')}>
      {words}
    </Notice>
  ) : (
    <Notice tone="warn" title={t('sources.noAnswer')}>
      {t('sources.nextTry', { error: words, when: format.relative(waitUntil) })}
    </Notice>
  );
}

function StateBadge({ source: { work, error, syncedAt, counts, waitUntil }, rests }: SourceState) {
  const { t } = useText();
  if (rests) return <Badge>{t('sources.rests')}</Badge>;
  if (waitUntil !== null) return <Badge tone="warn">{t('sources.waiting')}</Badge>;
  if (work === 'listing') return <Badge tone="accent">{t('sources.looking')}</Badge>;
  if (work === 'taking') return <Badge tone="accent">{t('sources.taking')}</Badge>;
  if (error !== null) return <Badge tone="bad">{t('sources.stopped')}</Badge>;
  if (syncedAt === null) return <Badge>{t('sources.notYet')}</Badge>;
  return counts.new + counts.changed + counts.vanished + counts.replaced > 0 ? (
    <Badge tone="warn">{t('sources.toLook')}</Badge>
  ) : (
    <Badge tone="good">{t('sources.upToDate')}</Badge>
  );
}

const whenWords = (t: Translate, format: Format, { place, syncedAt, interval, takesNew }: Source): string =>
  [
    t(`sources.kind.${place.kind}`),
    syncedAt === null ? t('sources.neverLooked') : t('sources.lookedAt', { when: format.relative(syncedAt) }),
    t(`sources.every.${interval}`),
    ...(takesNew ? [t('sources.takesNew')] : []),
  ].join(' · ');

/** How far, how fast and how long still. */
function Work({ source: { work, listed, listingSeconds, taking } }: { source: Source }) {
  const { t } = useText();
  if (work === 'listing')
    return (
      <Progress
        label={t('data.looking')}
        done={listed}
        total={null}
        noun={t('sources.files')}
        rate={listingSeconds > 1 && listed > 0 ? listed / listingSeconds : null}
      />
    );
  if (work !== 'taking') return null;
  const { done, total, seconds } = taking ?? { done: 0, total: null, seconds: 0 };
  const rate = seconds > 1 && done > 0 ? done / seconds : null;
  return (
    <Progress
      label={t('data.takingIn')}
      done={done}
      total={total}
      noun={t('label.images')}
      rate={rate}
      secondsLeft={rate === null || total === null ? null : Math.max(0, total - done) / rate}
    />
  );
}

function Problems({ source: { problems, problemCount } }: { source: Source }) {
  const { t } = useText();
  return (
    <details className="rounded-md border border-warn/30 bg-warn-soft">
      <summary className="cursor-pointer px-3 py-2 text-sm">{t('sources.lines', { count: problemCount })}</summary>
      <ul className="divide-y divide-line border-t border-line px-3 py-1 text-xs">
        {problems.map(({ where, message, said }) => (
          <li key={`${where}${message}`} className="py-1">
            <span className="font-mono">{where}</span> {readSaid(said, message)}
          </li>
        ))}
        {problemCount > problems.length && (
          <li className="py-1 text-muted">{t('sources.andMore', { count: problemCount - problems.length })}</li>
        )}
      </ul>
    </details>
  );
}
