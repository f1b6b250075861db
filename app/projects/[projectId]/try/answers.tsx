'use client';
import type { ClassAnswer } from '#core/serving/serving.ts';
import { classColour } from '../../../_lib/class-colour.ts';
import { cn } from '../../../_lib/cn.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Spinner } from '../../../_ui/spinner.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { useAnswer } from './ask.ts';
import type { Answer, Picture } from './ask.ts';
import { useRoundTitles } from './round-titles.ts';

/** Classes shown of one answer. */
const SHOWN = 6;

/** What one model says of the picture, as it is shown. */
export function Answers({ roundId, picture }: { roundId: string | null; picture: Picture | null }) {
  const { t } = useText();
  const { project } = useProject();
  const { answer, problem, waiting, busy } = useAnswer(project.id, roundId, picture);
  const titleOf = useRoundTitles();
  const took = ({ roundId: by, title, ms }: Answer) => ({ title: titleOf(by, title), ms: ms.toFixed(0) });
  if (problem !== null) return <Notice tone="bad">{problem}</Notice>;
  return (
    <Panel>
      {answer === null && !busy && <p className="text-sm text-muted">{t('trying.ready')}</p>}
      {(waiting !== null || (answer === null && busy)) && (
        <p role="status" className={cn('flex items-center gap-2 text-sm text-muted', answer && 'mb-3')}>
          <Spinner /> {waiting ?? t('trying.looks')}
        </p>
      )}
      {answer && (
        <>
          <ul className="space-y-1.5" aria-label={t('trying.answers')}>
            {answer.classes.slice(0, SHOWN).map((one, index) => (
              <AnswerRow key={one.classId} answer={one} isFirst={index === 0} />
            ))}
          </ul>
          <p className="mt-2 text-xs text-muted tabular">
            {answer.classes.length > SHOWN
              ? t('trying.tookMore', { ...took(answer), count: answer.classes.length - SHOWN })
              : t('trying.took', took(answer))}
          </p>
        </>
      )}
    </Panel>
  );
}

function AnswerRow({ answer, isFirst }: { answer: ClassAnswer; isFirst: boolean }) {
  const { format } = useText();
  const { classById } = useProject();
  const look = classById.get(answer.classId);
  return (
    <li className={isFirst ? 'font-medium' : ''}>
      <div className="flex justify-between gap-2 text-sm">
        {look ? <ClassBadge look={look} /> : <span className="truncate">{answer.name}</span>}
        <span className="tabular">{format.percent(answer.probability)}</span>
      </div>
      <div aria-hidden className="mt-0.5 h-1.5 rounded-full bg-hover">
        <div
          className="h-full rounded-full"
          style={{ width: `${answer.probability * 100}%`, background: classColour(look?.colour ?? '#666666') }}
        />
      </div>
    </li>
  );
}
