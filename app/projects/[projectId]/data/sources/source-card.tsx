'use client';
import { Cloud, Folder, ListTree, RefreshCw, Settings2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { describePlace } from '#core/source/source.ts';
import { formatNumber, formatRelative, plural } from '../../../../_lib/format.ts';
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
import { INTERVAL_WORDS, KIND_WORDS, waitingWords } from './words.ts';
import type { Source } from './words.ts';

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
            <span className="block">{whenWords(source)}</span>
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
              {isWaiting ? 'Try now' : 'Sync now'}
            </Button>
            <Menu
              trigger={
                <IconButton label={`More for ${source.name}`} size="sm">
                  <Settings2 size={14} aria-hidden />
                </IconButton>
              }
            >
              <MenuItem icon={<Settings2 size={14} />} onSelect={() => setOpen('settings')}>
                Settings and sync address…
              </MenuItem>
              <MenuSeparator />
              <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => setOpen('removal')}>
                Remove the source…
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
              title={`${waitingWords(source)} ${waiting === 1 ? 'waits' : 'wait'} to be taken.`}
              action={
                <Button size="sm" variant="primary" busy={calls.isTaking} onClick={take}>
                  {isFirst ? 'Look at them' : `Take ${plural(waiting, 'image')}`}
                </Button>
              }
            />
          )}
          {isIdle && counts.vanished + counts.replaced > 0 && <VanishedNotice source={source} />}
          {isIdle && waiting + counts.vanished + counts.replaced + counts.failed === 0 && source.syncedAt !== null && (
            <p className="text-sm text-muted">
              Nothing new. {plural(counts.taken, 'image')} came from here
              {counts.other > 0 &&
                `; ${plural(counts.other, 'file')} that no image is ${others(counts.other)} passed over`}
              .
            </p>
          )}
          <div className="space-y-2">
            <ObjectList sourceId={source.id} state="new" count={counts.new} title="New" />
            <ObjectList sourceId={source.id} state="changed" count={counts.changed} title="Changed" />
            <ObjectList sourceId={source.id} state="vanished" count={counts.vanished} title="No longer there" />
            <ObjectList sourceId={source.id} state="failed" count={counts.failed} title="Could not be taken" />
          </div>
          {isIdle && counts.failed > 0 && (
            <Button size="sm" busy={calls.isRetrying} onClick={calls.retry}>
              Try {plural(counts.failed, 'file')} again
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
        title={`Remove ${source.name}?`}
        action="Remove the source"
        danger
        onConfirm={calls.remove}
      >
        The {plural(counts.taken + counts.vanished, 'image')} that came from it stay, with their labels. What is at the
        source is not touched.
      </Confirm>
    </section>
  );
}

/** What stopped a sync, or what it waits for and until when. */
function Trouble({ source: { error, waitUntil } }: { source: Source }) {
  return waitUntil === null ? (
    <Notice tone="bad" title="The last sync stopped.">
      {error}
    </Notice>
  ) : (
    <Notice tone="warn" title="Something does not answer. It goes on by itself.">
      {error} The next try: {formatRelative(waitUntil)}.
    </Notice>
  );
}

const others = (count: number): string => (count === 1 ? 'was' : 'were');

function StateBadge({ source: { work, error, syncedAt, counts, waitUntil }, rests }: SourceState) {
  if (rests) return <Badge>rests</Badge>;
  if (waitUntil !== null) return <Badge tone="warn">waiting</Badge>;
  if (work === 'listing') return <Badge tone="accent">looking</Badge>;
  if (work === 'taking') return <Badge tone="accent">taking in</Badge>;
  if (error !== null) return <Badge tone="bad">stopped</Badge>;
  if (syncedAt === null) return <Badge>not looked at yet</Badge>;
  return counts.new + counts.changed + counts.vanished + counts.replaced > 0 ? (
    <Badge tone="warn">to look at</Badge>
  ) : (
    <Badge tone="good">up to date</Badge>
  );
}

const whenWords = ({ place, syncedAt, interval, takesNew }: Source): string =>
  [
    KIND_WORDS[place.kind].label,
    syncedAt === null ? 'never looked at' : `looked at ${formatRelative(syncedAt)}`,
    INTERVAL_WORDS[interval].toLowerCase(),
    ...(takesNew ? ['takes new ones by itself'] : []),
  ].join(' · ');

/** How far, how fast and how long still. */
function Work({ source: { work, listed, listingSeconds, taking } }: { source: Source }) {
  if (work === 'listing')
    return (
      <Progress
        label="Looking what is there"
        done={listed}
        total={null}
        noun="files"
        rate={listingSeconds > 1 && listed > 0 ? listed / listingSeconds : null}
      />
    );
  if (work !== 'taking') return null;
  const { done, total, seconds } = taking ?? { done: 0, total: null, seconds: 0 };
  const rate = seconds > 1 && done > 0 ? done / seconds : null;
  return (
    <Progress
      label="Taking in images"
      done={done}
      total={total}
      noun="images"
      rate={rate}
      secondsLeft={rate === null || total === null ? null : Math.max(0, total - done) / rate}
    />
  );
}

function Problems({ source: { problems, problemCount } }: { source: Source }) {
  return (
    <details className="rounded-md border border-warn/30 bg-warn-soft">
      <summary className="cursor-pointer px-3 py-2 text-sm">
        {plural(problemCount, 'line')} of the list could not be read
      </summary>
      <ul className="divide-y divide-line border-t border-line px-3 py-1 text-xs">
        {problems.map(({ where, message }) => (
          <li key={`${where}${message}`} className="py-1">
            <span className="font-mono">{where}</span> {message}
          </li>
        ))}
        {problemCount > problems.length && (
          <li className="py-1 text-muted">and {formatNumber(problemCount - problems.length)} more</li>
        )}
      </ul>
    </details>
  );
}
