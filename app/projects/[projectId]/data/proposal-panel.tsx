'use client';
import type { Translate } from '#core/text/text.ts';
import { useEffect, useState } from 'react';
import type { LayoutId, Proposal, ProposalChoice, ProposedClass, Some } from '#core/proposal/propose.ts';
import { levelOf } from '#core/proposal/propose.ts';
import { classKey } from '#core/project/class-key.ts';
import { useText } from '../../../_text/text.tsx';
import { formatNumber, formatPercent } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { readSaid } from '../../../_lib/error.ts';

/** Classes shown at once; more are told by number. */
const SHOWN = 60;
const TAGS_SHOWN = 6;
const AS_IT_IS = 'as-it-is';
const LEFT_OUT = 'left-out';

export interface ProposalPanelProps {
  name: string;
  proposal: Proposal;
  choice: ProposalChoice;
  /** Null: the browser has let go of the files since; they are chosen again. */
  read: ((path: string) => Promise<Blob> | null) | null;
  /** Else each zip of several is read by itself, as recognised. */
  choosable: boolean;
  busy: boolean;
  onChoice: (choice: ProposalChoice) => void;
  onAccept: () => void;
  onDrop: () => void;
}

/** What an import understood, before anything is sent: one click accepts it, and what was guessed can be chosen. */
export function ProposalPanel(props: ProposalPanelProps) {
  const { t } = useText();
  const { project } = useProject();
  const { name, proposal, choice, choosable, read, busy, onChoice, onAccept, onDrop } = props;
  const named = proposal.splits.pool + proposal.splits.validation + proposal.splits.test;
  return (
    <Panel
      title={t('data.proposalOf', { name, count: proposal.images })}
      description={t('data.proposalWhy')}
      actions={
        <>
          <Button size="sm" onClick={onDrop}>
            {t('data.notThis')}
          </Button>
          <Button size="sm" variant="primary" busy={busy} disabled={read === null} onClick={onAccept}>
            {t('data.importCount', { count: proposal.images })}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {read === null && <Notice tone="warn" title={t('data.filesGone')} />}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('data.labels')} hint={layoutHint(t, proposal)}>
            <Select
              value={proposal.layout}
              disabled={!choosable}
              onChange={(layout) => onChoice({ layout, names: {} })}
              options={proposal.layouts.map((one) => ({
                value: one.id,
                label:
                  one.id === 'none'
                    ? t('data.withoutLabels')
                    : t('data.layoutClasses', { layout: nameLayout(t, one.id), count: one.classes }),
              }))}
            />
          </Field>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] content-start gap-x-4 gap-y-1 text-sm">
            <dt className="text-muted">{t('data.splits')}</dt>
            <dd>
              {proposal.expected
                .map(({ split, images, isDrawn }) =>
                  t(isDrawn ? 'data.splitAbout' : 'data.splitExact', { images, split: t(`common.split.${split}`) }),
                )
                .join(', ')}
              {named > 0 && (
                <span className="block text-xs text-muted">
                  {named === proposal.images ? t('data.allGoWhere') : t('data.someGoWhere', { count: named })}
                </span>
              )}
              {proposal.expected.some(({ isDrawn }) => isDrawn) && (
                <span className="block text-xs text-muted">
                  {t(proposal.splits.drawn > 0 ? 'data.drawnBoth' : 'data.drawnValidation', {
                    validation: formatPercent(project.settings.validationShare, 0),
                    test: formatPercent(project.settings.testShare, 0),
                  })}
                </span>
              )}
            </dd>
            <dt className="text-muted">{t('data.noLabel')}</dt>
            <dd>{formatNumber(proposal.unlabeled.count)}</dd>
            {proposal.tags.count > 0 && (
              <>
                <dt className="text-muted">{t('data.tags')}</dt>
                <dd className="min-w-0 break-words">
                  {proposal.tags.some
                    .slice(0, TAGS_SHOWN)
                    .map(({ tag, images }) => `${tag} (${formatNumber(images)})`)
                    .join(', ')}
                  {proposal.tags.count > TAGS_SHOWN && t('data.andMore', { count: proposal.tags.count - TAGS_SHOWN })}
                </dd>
              </>
            )}
            {proposal.nameEncoding !== null && (
              <>
                <dt className="text-muted">{t('data.fileNames')}</dt>
                <dd>{proposal.nameEncoding}</dd>
              </>
            )}
          </dl>
        </div>
        <Doubts proposal={proposal} />
        {proposal.classes.length > 0 && (
          <ul className="divide-y divide-line" aria-label={t('data.classesIn')}>
            {proposal.classes.slice(0, SHOWN).map((one) => (
              <ClassRow
                key={classKey(one.name)}
                one={one}
                others={proposal.classes}
                choice={choice}
                choosable={choosable}
                read={read}
                onChoice={onChoice}
              />
            ))}
          </ul>
        )}
        {proposal.classes.length > SHOWN && (
          <p className="text-xs text-muted">{t('data.moreClasses', { count: proposal.classes.length - SHOWN })}</p>
        )}
        <LeftOut choice={choice} onChoice={onChoice} />
      </div>
    </Panel>
  );
}

const nameLayout = (t: Translate, layout: LayoutId): string =>
  layout === 'tables' ? t('data.layout.tables') : t('data.layout.folders', { level: (levelOf(layout) ?? 0) + 1 });

const layoutHint = (t: Translate, { layout, layouts }: Proposal): string => {
  const sample = layouts.find(({ id }) => id === layout)?.sample ?? [];
  return sample.length === 0 ? t('data.noLabelRead') : t('data.suchAs', { sample: sample.join(', ') });
};

/** What did not fit, each with how often and an example. */
function Doubts({ proposal }: { proposal: Proposal }) {
  const { t } = useText();
  const lines: [Some, string][] = [
    [proposal.unmatched, t('data.unmatched', { count: proposal.unmatched.count })],
    [proposal.disputed, t('data.disputed', { count: proposal.disputed.count })],
    [proposal.renamed, t('data.renamed', { count: proposal.renamed.count })],
  ];
  const tables = proposal.tables.filter(({ problem, encoding }) => problem !== null || encoding !== 'UTF-8');
  if (tables.length === 0 && lines.every(([{ count }]) => count === 0)) return null;
  return (
    <ul className="space-y-1 rounded-lg bg-sunken px-4 py-2.5 text-sm" aria-label={t('data.toLookAt')}>
      {lines
        .filter(([{ count }]) => count > 0)
        .map(([some, words]) => (
          <li key={words}>
            {words} <span className="text-muted">({some.some[0]})</span>
          </li>
        ))}
      {tables.map(({ path, encoding, problem, said }) => (
        <li key={path}>
          {path}
          {encoding !== null && `, ${encoding}`}
          {problem !== null && <span className="text-muted">: {readSaid(said, problem)}</span>}
        </li>
      ))}
    </ul>
  );
}

function ClassRow({
  one,
  others,
  choice,
  choosable,
  read,
  onChoice,
}: {
  one: ProposedClass;
  others: readonly ProposedClass[];
  choice: ProposalChoice;
  choosable: boolean;
  read: ProposalPanelProps['read'];
  onChoice: (choice: ProposalChoice) => void;
}) {
  const { t } = useText();
  const { classes } = useProject();
  const names = [...new Set([...others.map(({ name }) => name), ...classes.map(({ name }) => name)])];
  const call = (to: string | null) => {
    const next = { ...choice.names };
    for (const spelling of one.spellings) next[spelling] = to;
    onChoice({ ...choice, layout: choice.layout, names: next });
  };
  const isJoined = one.spellings.length > 1;
  return (
    <li className="flex items-center gap-3 py-2 max-sm:flex-wrap">
      <span className="flex gap-1">
        {one.samples.map((path) => (
          <Sample key={path} path={path} read={read} />
        ))}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <span className="min-w-0 truncate">{one.name}</span>
          {one.isNew && <Badge tone="accent">{t('data.newClass')}</Badge>}
        </span>
        {isJoined && (
          <span className="block text-xs text-muted">{t('data.joins', { names: one.spellings.join(', ') })}</span>
        )}
      </span>
      <span className="w-16 text-right text-sm tabular">{formatNumber(one.images)}</span>
      <Select
        size="sm"
        label={t('data.takeAs', { one: one.name })}
        className="w-40"
        value={AS_IT_IS}
        disabled={!choosable}
        onChange={(to) => to !== AS_IT_IS && call(to === LEFT_OUT ? null : to)}
        options={[
          { value: AS_IT_IS, label: one.name },
          ...names
            .filter((name) => classKey(name) !== classKey(one.name))
            .map((name) => ({ value: name, label: t('data.joinTo', { name }) })),
          { value: LEFT_OUT, label: t('data.leaveUnlabeled') },
        ]}
      />
    </li>
  );
}

/** What was joined or left out by hand, to be taken back. */
function LeftOut({ choice, onChoice }: { choice: ProposalChoice; onChoice: (choice: ProposalChoice) => void }) {
  const { t } = useText();
  const chosen = Object.entries(choice.names);
  if (chosen.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
      {chosen.map(([from, to]) => (to === null ? `${from} stays unlabeled` : `${from} is ${to}`)).join(', ')}
      <Button size="sm" variant="ghost" onClick={() => onChoice({ ...choice, names: {} })}>
        {t('data.undoThese')}
      </Button>
    </p>
  );
}

/** A picture of the upload, read from the person's own disk. */
function Sample({ path, read }: { path: string; read: ProposalPanelProps['read'] }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    void read?.(path)
      ?.then((blob) => {
        if (gone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [path, read]);
  return (
    <span className="block size-9 overflow-hidden rounded-md border border-line bg-sunken">
      {url !== null && (
        <img
          src={url}
          alt=""
          className="size-full object-cover"
          onError={(event) => {
            event.currentTarget.hidden = true;
          }}
        />
      )}
    </span>
  );
}
