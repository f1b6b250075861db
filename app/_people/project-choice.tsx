'use client';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { Checkbox } from '../_ui/form/toggles.tsx';
import { Skeleton } from '../_ui/spinner.tsx';
import { byName } from '../_text/by-name.ts';

/** Every project of an organization (null), or chosen ones. */
export function ProjectChoice({
  organizationId,
  value,
  onChange,
  mayAll,
}: {
  organizationId: string;
  value: readonly string[] | null;
  onChange: (value: string[] | null) => void;
  /** Who sees chosen projects gives no others. */
  mayAll: boolean;
}) {
  const { t, locale } = useText();
  const trpc = useTRPC();
  const projects = useQuery(trpc.project.list.queryOptions({ organizationId }));
  const chosen = new Set(value);
  return (
    <div className="space-y-3">
      {mayAll && (
        <Checkbox
          checked={value === null}
          onChange={(all) => onChange(all ? null : [])}
          label={t('people.everyProject')}
          hint={t('people.everyProjectHint')}
        />
      )}
      {value !== null && projects.isPending && <Skeleton className="h-16" />}
      {value !== null && projects.data && (
        <fieldset className="max-h-56 space-y-2 overflow-y-auto rounded-md border border-line p-3">
          <legend className="sr-only">{t('home.projects')}</legend>
          {projects.data.length === 0 && <p className="text-sm text-muted">{t('people.noProject')}</p>}
          {byName(projects.data, locale).map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={chosen.has(id)}
              onChange={(on) => onChange(on ? [...chosen, id] : [...chosen].filter((other) => other !== id))}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}
