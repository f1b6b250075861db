'use client';
import { Plus, X } from 'lucide-react';
import { backboneLink, scratchLink } from '#core/chain/chain.ts';
import type { ChainLink, RoundKind } from '#core/chain/chain-link.ts';
import { useText } from '../../../../_text/text.tsx';
import { formatPercent } from '../../../../_lib/format.ts';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Slider } from '../../../../_ui/form/toggles.tsx';
import { CountField, ModelSelect } from './run-form-parts.tsx';

/** A backbone as rounds may stand on it here, with the side that suits the project's images. */
export interface RunBackbone {
  id: string;
  name: string;
  side: number;
}

export interface ChainPartProps {
  chain: readonly ChainLink[];
  keepShare: readonly number[];
  backbones: readonly RunBackbone[];
  /** Side at which nets from scratch look at the project's images, px. */
  side: number;
  onChange: (change: { chain: ChainLink[]; keepShare: number[] }) => void;
}

const KINDS: Record<ChainLink['role'], readonly RoundKind[]> = {
  teacher: ['frozen', 'live', 'fine-tuned', 'scratch'],
  student: ['scratch', 'noisy-head', 'fine-tuned'],
  distilled: ['scratch'],
};

/** The rounds of a run, each a choice: what learns, on what, at which image side, and how much of the pool it keeps. */
export function ChainPart({ chain, keepShare, backbones, side, onChange }: ChainPartProps) {
  const { t } = useText();
  const keepOf = (student: number): number => keepShare[Math.min(student, keepShare.length - 1)] ?? 1;
  const students = chain.filter(({ role }) => role === 'student');
  const give = (next: ChainLink[], keep = students.map((_, at) => keepOf(at))) =>
    onChange({ chain: next, keepShare: keep.length === 0 ? [1] : keep });
  const set = (at: number, change: Partial<ChainLink>) =>
    give(chain.map((link, place) => (place === at ? { ...link, ...change } : link)));
  const remove = (at: number) => {
    const gone = students.indexOf(chain[at] as ChainLink);
    give(
      chain.filter((_, place) => place !== at),
      students.map((_, place) => keepOf(place)).filter((_, place) => place !== gone),
    );
  };
  const add = (role: ChainLink['role']) => {
    const after = role === 'teacher' ? ['teacher'] : role === 'student' ? ['teacher', 'student'] : null;
    const place = after === null ? chain.length : chain.filter((link) => after.includes(link.role)).length;
    const like = chain.findLast((link) => link.role === role && link.kind === 'scratch');
    const link = like ? { ...like } : scratchLink(role, 's', side);
    give(chain.toSpliced(place, 0, link), role === 'student' ? [...students.map((_, at) => keepOf(at)), 1] : undefined);
  };
  const setKind = (at: number, { role, members }: ChainLink, kind: RoundKind) => {
    const [first] = backbones;
    const next =
      kind === 'scratch'
        ? scratchLink(role, 's', side, members)
        : backboneLink(role, kind, { backboneId: first?.id ?? null, side: first?.side ?? side });
    set(at, next);
  };
  return (
    <div className="space-y-3">
      <ol className="divide-y divide-line rounded-lg border border-line">
        {chain.map((link, at) => {
          const student = students.indexOf(link);
          const name =
            link.role === 'student' ? t('newrun.role.student', { number: student + 1 }) : t(`newrun.role.${link.role}`);
          return (
            <li key={at} className="space-y-2 p-3">
              <div className="flex items-center justify-between gap-3">
                <span className="text-sm font-medium">{name}</span>
                {chain.length > 1 && (
                  <IconButton label={t('newrun.removeOf', { name })} size="sm" onClick={() => remove(at)}>
                    <X size={14} aria-hidden />
                  </IconButton>
                )}
              </div>
              <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
                <LabeledSelect label={t('newrun.whatIs', { name })}>
                  <Select
                    label={t('newrun.whatIs', { name })}
                    value={link.kind}
                    onChange={(kind) => setKind(at, link, kind)}
                    options={KINDS[link.role].map((value) => ({
                      value,
                      label: t(
                        value === 'scratch' && link.role === 'teacher' ? 'newrun.kind.nets' : `newrun.kind.${value}`,
                      ),
                    }))}
                  />
                </LabeledSelect>
                {link.kind === 'scratch' ? (
                  <LabeledSelect label={t('newrun.model')}>
                    <ModelSelect
                      value={link.model ?? 's'}
                      onChange={(model) => set(at, { model })}
                      label={t('newrun.modelOf', { name })}
                    />
                  </LabeledSelect>
                ) : (
                  <LabeledSelect label={t('newrun.backbone')}>
                    <Select
                      label={t('newrun.backboneOf', { name })}
                      value={link.backboneId}
                      placeholder={t('newrun.chooseBackbone')}
                      onChange={(backboneId) =>
                        set(at, { backboneId, side: backbones.find(({ id }) => id === backboneId)?.side ?? link.side })
                      }
                      options={backbones.map((one) => ({ value: one.id, label: one.name, hint: `${one.side} px` }))}
                    />
                  </LabeledSelect>
                )}
                <CountField
                  label={t('newrun.side')}
                  unit={t('newrun.px')}
                  value={link.side}
                  min={16}
                  max={512}
                  onChange={(px) => set(at, { side: px })}
                />
                {link.role === 'teacher' && link.kind === 'scratch' && (
                  <CountField
                    label={t('newrun.members')}
                    value={link.members}
                    min={1}
                    max={5}
                    onChange={(members) => set(at, { members })}
                  />
                )}
                {link.role === 'student' && (
                  <div className="space-y-1">
                    <div className="flex justify-between text-sm font-medium">
                      <span>{t('newrun.keeps')}</span>
                      <span className="text-muted tabular">{formatPercent(keepOf(student), 0)}</span>
                    </div>
                    <Slider
                      label={t('newrun.keptFor', { number: student + 1 })}
                      value={keepOf(student)}
                      onChange={(keep) =>
                        give(
                          [...chain],
                          students.map((_, place) => (place === student ? keep : keepOf(place))),
                        )
                      }
                      min={0.05}
                      max={1}
                      step={0.05}
                      valueText={formatPercent(keepOf(student), 0)}
                    />
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ol>
      <div className="flex flex-wrap gap-1">
        <Button size="sm" variant="ghost" icon={<Plus size={14} aria-hidden />} onClick={() => add('student')}>
          {t('newrun.addStudent')}
        </Button>
        <Button size="sm" variant="ghost" icon={<Plus size={14} aria-hidden />} onClick={() => add('teacher')}>
          {t('newrun.addTeacher')}
        </Button>
        {!chain.some(({ role }) => role === 'distilled') && (
          <Button size="sm" variant="ghost" icon={<Plus size={14} aria-hidden />} onClick={() => add('distilled')}>
            {t('newrun.distil')}
          </Button>
        )}
      </div>
    </div>
  );
}

const LabeledSelect = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="space-y-1">
    <div className="text-sm font-medium">{label}</div>
    {children}
  </div>
);
