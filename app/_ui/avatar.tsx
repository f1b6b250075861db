'use client';
import { cn } from '../_lib/cn.ts';
import { useText } from '../_text/text.tsx';
import { Tooltip } from './tooltip.tsx';

const GROUNDS = ['#3b4f8f', '#7a4a1d', '#1f6650', '#7d3764', '#2b6577', '#7a3b32', '#55507d', '#5d5a1c'] as const;

const initials = (name: string): string => {
  const words = name.trim().split(/\s+/u);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
};

const groundOf = (seed: string): string => {
  let hash = 0;
  for (const letter of seed) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) | 0;
  return GROUNDS[Math.abs(hash) % GROUNDS.length] ?? GROUNDS[0];
};

/** A person: initials on a colour that stays theirs. */
export function Avatar({
  name,
  seed = name,
  size = 24,
  className,
}: {
  name: string;
  seed?: string;
  size?: number;
  className?: string;
}) {
  return (
    <span
      role="img"
      aria-label={name}
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-white select-none',
        className,
      )}
      style={{ width: size, height: size, fontSize: Math.max(9, size * 0.4), background: groundOf(seed) }}
    >
      {initials(name)}
    </span>
  );
}

export interface PresentPerson {
  id: string;
  name: string;
  /** What they are on, in words. */
  doing?: string;
}

/** Who is here: calm, at most a few faces, the rest as a number. */
export function PresenceStack({ people, max = 4 }: { people: readonly PresentPerson[]; max?: number }) {
  const { t } = useText();
  if (people.length === 0) return null;
  const shown = people.slice(0, people.length > max ? max - 1 : max);
  const rest = people.slice(shown.length);
  const say = (person: PresentPerson) =>
    person.doing === undefined ? person.name : `${person.name} · ${person.doing}`;
  return (
    <ul aria-label={t('common.peopleHere')} className="flex -space-x-1.5">
      {shown.map((person) => (
        <li key={person.id}>
          <Tooltip text={say(person)} side="bottom">
            <button
              type="button"
              aria-label={say(person)}
              className="rounded-full ring-2 ring-panel focus-visible:rounded-full"
            >
              <Avatar name={person.name} seed={person.id} />
            </button>
          </Tooltip>
        </li>
      ))}
      {rest.length > 0 && (
        <li>
          <Tooltip text={rest.map(say).join(', ')} side="bottom">
            <button
              type="button"
              aria-label={t('common.morePeople', {
                count: rest.length,
                names: rest.map(({ name }) => name).join(', '),
              })}
              className="inline-flex size-6 items-center justify-center rounded-full bg-press text-2xs font-medium
              text-muted ring-2 ring-panel focus-visible:rounded-full"
            >
              +{rest.length}
            </button>
          </Tooltip>
        </li>
      )}
    </ul>
  );
}
